/**
 * Tells a process that a primary of ours has forked it. Node's own mark would not do: `cluster.isWorker` is true as well
 * under process managers that fork with `node:cluster`, and asking for it would load that module under stdio as well.
 */
export const workerMark = "PLINTH_WORKER";

/** Whether this process is to serve what its primary hands to it. */
export function isWorkerProcess(): boolean {
  return process.env[workerMark] === "1" && process.connected;
}
