import type { Worker } from "node:worker_threads";

/** Kills the process when its parent is gone and its event loop is stuck. */
export interface OrphanWatchdog {
  stop(): void;
}

/** Options for {@link startOrphanWatchdog}. */
export interface OrphanWatchdogOptions {
  /** The process id of the parent that must stay. */
  readonly parent: number;
  /** Milliseconds between two looks. The process is gone after at most four of them. */
  readonly intervalMs: number;
}

/**
 * A tool in an endless synchronous loop keeps its process from noticing anything, so that it would burn a core for ever
 * after its client has died. A thread can still look. It acts only when the main thread has missed two heartbeats in a
 * row since the parent left: a server that shuts down in an orderly way, however slowly, is left to it.
 *
 * Source text, because a file of its own would need a path that holds in `src`, in `dist` and in a bundle.
 */
const threadSource = `
  const { workerData: { parent, intervalMs, heartbeat } } = require("node:worker_threads");
  let seen = -1;
  let missed = 0;
  setInterval(() => {
    const now = Atomics.load(heartbeat, 0);
    missed = now === seen && process.ppid !== parent ? missed + 1 : 0;
    seen = now;
    if (missed >= 2) process.kill(process.pid, "SIGKILL");
  }, intervalMs);
`;

/** Starts the thread: about a millisecond on the main thread. Neither it nor the heartbeat keeps the process alive. */
export function startOrphanWatchdog({ parent, intervalMs }: OrphanWatchdogOptions): OrphanWatchdog {
  const heartbeat = new Int32Array(new SharedArrayBuffer(4));
  const worker = startThread({ parent, intervalMs, heartbeat });
  if (worker === undefined) return { stop() {} };
  const timer = setInterval(() => Atomics.add(heartbeat, 0, 1), intervalMs).unref();
  worker.on("error", () => clearInterval(timer));
  return {
    stop() {
      clearInterval(timer);
      void worker.terminate();
    },
  };
}

/**
 * Where threads are forbidden (`node --permission`) the server does without: it may then outlive its client while it is
 * stuck.
 */
function startThread(workerData: object): Worker | undefined {
  try {
    // Not an import: loading it takes two milliseconds, which a server that is only asked what it offers need not spend.
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const worker = new Worker(threadSource, {
      eval: true,
      name: "plinth-orphan-watchdog",
      workerData,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
    });
    worker.unref();
    return worker;
  } catch {
    return undefined;
  }
}
