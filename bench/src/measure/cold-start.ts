import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRequests, firstId, openingMessages } from "../workloads/request.ts";
import { defineWorkload, type Era } from "../workloads/workload.ts";
import { productionEnvironment } from "./contestant-process.ts";

/** A program whose start is measured. */
export interface Program {
  /** Node's own arguments: a script and what it is given, or `-e 0`. */
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it serves MCP; a program that does not is measured until it ends. */
  readonly serves: boolean;
}

/** One start. */
export interface ColdStart {
  /** Milliseconds from spawn to the first `tools/list` answered, or to the end of a program that serves nothing. */
  readonly wallMs: number;
  /** Milliseconds of CPU that the process used until then. */
  readonly cpuMs: number;
}

const preload = fileURLToPath(new URL("../cold-start/report-usage.cjs", import.meta.url));

/** Milliseconds a start may take. */
const patienceMs = 30_000;

/** Milliseconds that a program gets to end when its client has left. */
const farewellMs = 3_000;

/**
 * Spawns a program and measures until it has answered; then it is killed, or, if it is to `end`, its client leaves and it ends
 * as it likes.
 *
 * @throws Error with its stderr when it does not answer
 */
export async function measureColdStart(
  program: Program,
  era: Era,
  { end = false }: { readonly end?: boolean } = {},
): Promise<ColdStart> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--require", preload, ...program.arguments], {
    env: { ...productionEnvironment(), ...program.environment },
    stdio: ["pipe", "pipe", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-2_000)));
  const exited = once(child, "exit");
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const usage = once(child, "message", { signal }) as Promise<[NodeJS.CpuUsage]>;
    if (program.serves) {
      await Promise.race([listTools(child, era), exited.then(() => fail("it ended"))]);
    } else {
      await exited;
    }
    const wallMs = performance.now() - startedAt;
    if (program.serves) child.send("usage");
    const [{ user, system }] = await usage;
    return { wallMs, cpuMs: (user + system) / 1_000 };
  } catch (cause) {
    throw new Error(`${(cause as Error).message}; stderr: ${errors.trim()}`, { cause });
  } finally {
    if (end) {
      child.stdin?.end();
      await Promise.race([exited, delay(farewellMs, undefined, { ref: false })]);
    }
    child.kill("SIGKILL");
    await exited;
  }
}

/** Speaks as much of the protocol as it takes to get the first list. */
async function listTools({ stdin, stdout }: ChildProcess, era: Era): Promise<void> {
  const workload = defineWorkload({ era, operation: "list" });
  const opening = openingMessages(workload);
  let text = "";
  const reply = async (id: number): Promise<void> => {
    while (!new RegExp(`"id":${id}\\b.*\n`, "s").test(text)) {
      const [chunk] = (await once(stdout as NodeJS.ReadableStream, "data")) as [Buffer];
      text += chunk.toString("latin1");
    }
  };
  if (opening !== undefined) {
    stdin?.write(`${opening.request}\n`);
    await reply(firstId - 1);
    stdin?.write(`${opening.afterwards}\n`);
  }
  stdin?.write(`${createRequests(workload).body(firstId)}\n`);
  await reply(firstId);
  if (!text.includes('"inputSchema"')) fail(`it answered ${text.slice(0, 300)}`);
}

function fail(message: string): never {
  throw new Error(message);
}
