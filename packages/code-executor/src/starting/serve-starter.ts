import type { SendHandle } from "node:child_process";
import { spawnSandbox } from "./spawn-sandbox.ts";
import type { StarterReport, StarterRequest } from "./starter-messages.ts";

/** The whole of the process that starts sandboxes for a host; it ends with the host. */
export function serveStarter(): void {
  process.on("message", (request) => start(request as StarterRequest));
  process.on("disconnect", () => process.exit());
  report({ type: "ready" });
}

function start({ id, command, cwd, extraInput }: StarterRequest): void {
  const extra = extraInput === undefined ? {} : { extraInput: Buffer.from(extraInput, "base64") };
  const { child, exited } = spawnSandbox(command, { cwd, ...extra });
  const { pid, stdin, stdout } = child;
  if (pid === undefined || stdin === null || stdout === null) {
    void exited.then(({ diagnostics = "" }) => report({ type: "failed", id, reason: diagnostics }));
    return;
  }
  // Not a byte may be read here that is meant for the host.
  (stdout as unknown as { readonly _handle: { readStop(): void } })._handle.readStop();
  report({ type: "input", id }, stdin as unknown as SendHandle);
  report({ type: "output", id, pid }, stdout as unknown as SendHandle);
  void exited.then(({ code, signal, diagnostics = "" }) => report({ type: "exit", id, code, signal, diagnostics }));
}

function report(message: StarterReport, handle?: SendHandle): void {
  process.send?.(message, handle, {}, () => {});
}
