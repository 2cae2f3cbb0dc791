import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Contestant } from "../contestants/contestant.ts";
import type { ContestantServer, Order, Reply, Usage } from "../contestants/serve-contestant.ts";
import type { Workload } from "../workloads/workload.ts";

/** Milliseconds a contestant may take to start or to answer an order. */
const patienceMs = 30_000;

/** Characters kept of what a contestant writes to stderr, for the reason when it fails. */
const keptErrorLength = 2_000;

/** A contestant in a process of its own, serving one workload. */
export interface ContestantProcess extends AsyncDisposable {
  /** Where it serves MCP; empty unless it serves HTTP. */
  readonly url: string;
  readonly child: ChildProcess;
  /** CPU time and memory now. */
  usage(): Promise<Usage>;
  /** The same after a full garbage collection. */
  collected(): Promise<Usage>;
  /** Runs in-memory tests. @returns the last call's text and the milliseconds of all */
  test(id: number, times: number): Promise<{ readonly text: string; readonly milliseconds: number }>;
}

/**
 * Starts a contestant and waits until it serves.
 *
 * @throws Error with the contestant's own message, or the end of its stderr, when it does not come up
 */
export async function startContestant(
  contestant: Contestant,
  { transport, workload }: { readonly transport: keyof ContestantServer; readonly workload: Workload },
): Promise<ContestantProcess> {
  if (contestant.module === undefined) throw new Error(`${contestant.name} has no module to serve from`);
  const pipes = transport === "stdio";
  const child = fork(contestant.module, {
    execArgv: ["--expose-gc"],
    env: productionEnvironment(),
    stdio: [pipes ? "pipe" : "ignore", "pipe", "pipe", "ipc"],
  });
  // Over HTTP that is a log, which whoever runs the server reads; over stdio the load does.
  if (!pipes) child.stdout?.resume();
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-keptErrorLength)));

  async function ask(order: Order): Promise<Reply> {
    const abort = new AbortController();
    const { signal } = abort;
    const timer = setTimeout(() => abort.abort(), patienceMs);
    try {
      if (child.exitCode !== null || !child.connected) throw new Error("it ended");
      child.send(order);
      const answered = once(child, "message", { signal });
      const ended = once(child, "exit", { signal }).then(([code]) => {
        throw new Error(`it ended with status ${String(code)}`);
      });
      const [reply] = (await Promise.race([answered, ended])) as [Reply];
      if (reply.kind === "failed") throw new Error(reply.message);
      return reply;
    } catch (cause) {
      const why = signal.aborted ? `no answer to "${order.kind}" in ${patienceMs} ms` : (cause as Error).message;
      throw new Error(`${contestant.name}: ${why}${errors === "" ? "" : `; stderr: ${errors.trim()}`}`, { cause });
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  async function usageAfter(kind: "usage" | "collected"): Promise<Usage> {
    const reply = await ask({ kind });
    if (reply.kind !== "usage") throw new Error(`${contestant.name} answered "${kind}" with "${reply.kind}"`);
    return reply.usage;
  }

  const { variant } = contestant;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  try {
    const ready = await ask({ kind: "start", transport, workload, ...(variant !== undefined && { variant }) });
    return {
      url: ready.kind === "ready" ? (ready.url ?? "") : "",
      child,
      usage: () => usageAfter("usage"),
      collected: () => usageAfter("collected"),
      async test(id, times) {
        const reply = await ask({ kind: "test", id, times });
        if (reply.kind !== "tested") throw new Error(`${contestant.name} answered a test with "${reply.kind}"`);
        return reply;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a production server would see: nothing that the caller's shell has set for other programs. */
export function productionEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), NODE_ENV: "production", NO_COLOR: "1" };
}
