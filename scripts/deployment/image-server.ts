import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import type { BuiltStage } from "./clean-build.ts";

const START_MS = 30_000;
const END_MS = 20_000;

/** A server that was started from the files of an image. */
export interface ImageServer {
  /** Such as `http://127.0.0.1:40000`. */
  readonly url: string;
  /** Resolves when `/readyz` answers 200; rejects with the server's log when it ends or takes too long. */
  ready(): Promise<void>;
  /** Runs the image's own health check; rejects when it fails. */
  checkHealth(): Promise<void>;
  /** Kills it if it still runs. */
  kill(): Promise<void>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/**
 * Starts what the image would start, as the image's user where this process may become it, on a free loopback port.
 *
 * @param stage The final stage.
 * @param report Told about each difference from a container.
 */
export async function startImageServer(stage: BuiltStage, report: (line: string) => void): Promise<ImageServer> {
  const port = await freePort();
  const env = {
    PATH: [...new Set([process.execPath.replace(/\/node$/, ""), process.env["PATH"] ?? ""])].join(delimiter),
    ...stage.env,
    HTTP_HOST: "127.0.0.1",
    HTTP_PORT: String(port),
    METRICS_HOST: "127.0.0.1",
    METRICS_PORT: "0",
  };
  const [uid, gid] = stage.user.split(":").map(Number);
  const other = process.getuid?.() === 0 && uid !== undefined && gid !== undefined ? { uid, gid } : {};
  // Where node lies in a folder that is root's alone, nobody else can start it.
  const identity = spawnSync(process.execPath, ["--version"], other).status === 0 ? other : {};
  if (!("uid" in identity)) report(`  differs: runs as this user and not as ${stage.user}`);
  const reaper = stage.entrypoint[0];
  const hasReaper = reaper !== undefined && spawnSync(reaper, ["--version"]).error === undefined;
  if (reaper !== undefined && !hasReaper) report(`  differs: ${reaper} is not on this machine`);
  const [program = "", ...args] = [...(hasReaper ? stage.entrypoint : []), ...stage.command];
  const child = spawn(program, args, { cwd: stage.cwd, env, stdio: ["ignore", "pipe", "pipe"], ...identity });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-8_000);
    });
  }
  const ended = endOf(child);
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    async ready() {
      const deadline = AbortSignal.timeout(START_MS);
      const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
      while (!isOver() && !deadline.aborted) {
        const answer = await fetch(`${url}/readyz`).catch(() => undefined);
        if (answer?.status === 200) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`The server ${isOver() ? "ended" : `was not ready within ${START_MS} ms`}:\n${log}`);
    },
    async checkHealth() {
      const [check = "", ...rest] = stage.healthCheck;
      await promisify(execFile)(check, rest, { cwd: stage.cwd, env, ...identity });
    },
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), END_MS);
      const end = await ended;
      clearTimeout(late);
      return end;
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return { code, signal };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
