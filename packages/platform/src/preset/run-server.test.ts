import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";

const program = join(import.meta.dirname, "fixtures/run-server.ts");

/** A process may have to wait for a core. */
const patient = { timeout: 10_000 };

let folder: string;
let running: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "run-"));
  running = [];
});
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

function start(settings: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ["--conditions=@plinth/source", program], {
    env: { ...process.env, PORT: "0", METRICS_PORT: "0", LOG_FILE: join(folder, "server.log"), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

function lines(name = "server.log"): Record<string, unknown>[] {
  const file = join(folder, name);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function line(message: string, name?: string): Promise<Record<string, unknown>> {
  const find = () => lines(name).find((found) => found["message"] === message);
  await expect.poll(find, patient).toBeDefined();
  return find() ?? {};
}

async function call(url: string, name = "whisper"): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name } });
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    connection: "close",
  };
  await (await fetch(url, { method: "POST", headers, body })).text();
}

it("has in its log why it ended, and what was logged just before", async () => {
  const child = start({});
  const url = String((await line("Listening"))["url"]);

  const exited = once(child, "exit");
  await call(url, "crash").catch(() => undefined);
  const [status] = (await exited) as [number];

  expect(status).toBe(1);
  expect(lines().map(({ message }) => message)).toContain("Just before");
  expect(lines().filter(({ level }) => level === "error")).toMatchObject([
    { error: { message: "nobody catches this: password=[redacted]" } },
  ]);
});

it("is turned up and down by a signal to the primary, in all of its workers, and told of by the primary alone", async () => {
  const primary = start({ WORKERS: "2", AUDIT_FILE: join(folder, "audit.log") });
  const url = String((await line("Listening"))["url"]);
  const told = async (): Promise<Record<string, unknown>[]> =>
    (await readdir(folder)).filter((name) => /^server\.\d+\.log$/.test(name)).flatMap((name) => lines(name));
  const whispers = async (): Promise<number> => (await told()).filter(({ message }) => message === "Psst").length;

  await call(url);
  primary.kill("SIGUSR2");
  await line("The log level was changed by SIGUSR2");
  await expect
    .poll(async () => {
      for (let count = 0; count < 4; count += 1) await call(url);
      return await whispers();
    }, patient)
    .toBeGreaterThan(0);
  const workers = (await told()).filter(({ message }) => message === "Production stack");
  primary.kill("SIGTERM");
  await once(primary, "exit");

  expect(workers).toEqual([]);
  expect(await line("Production stack")).toMatchObject({ workers: 2, transport: "http" });
  // The primary records nothing.
  expect(await readdir(folder)).not.toContain("audit.log");
});

it("is turned up, and down again, when it is one process", async () => {
  const child = start({});
  const url = String((await line("Listening"))["url"]);

  await call(url);
  child.kill("SIGUSR2");
  await line("The log level was changed by SIGUSR2");
  await call(url);
  child.kill("SIGUSR2");
  await expect
    .poll(() =>
      lines()
        .filter(({ to }) => to !== undefined)
        .map(({ to }) => to),
    )
    .toEqual(["debug", "info"]);
  await call(url);
  child.kill("SIGTERM");
  const [status] = (await once(child, "exit")) as [number];

  expect(status).toBe(0);
  expect(lines().filter(({ message }) => message === "Psst")).toHaveLength(1);
});

it("lets nobody wait, and serves on, when nobody reads what it says", async () => {
  const child = start({ LOG_FILE: "", LOG_OUTPUT: "stdout" });
  const listening = Promise.withResolvers<string>();
  let said = "";
  child.stdout?.on("data", (piece: Buffer) => {
    said += piece.toString();
    const url = /"message":"Listening"/.test(said) ? /"url":"([^"]+)"/.exec(said)?.[1] : undefined;
    if (url !== undefined) listening.resolve(url);
  });
  const url = await listening.promise;

  child.stdout?.destroy();
  for (let count = 0; count < 20; count += 1) await call(url);
  child.kill("SIGTERM");
  const complaints = text(child.stderr!);
  const [status] = (await once(child, "exit")) as [number];

  expect(status).toBe(0);
  expect(await complaints).toBe("");
});
