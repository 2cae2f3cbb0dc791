import type { Socket } from "node:net";
import type { SandboxProcess } from "../backends/sandbox-backend.ts";
import { CodeExecutorError } from "../code-executor-error.ts";
import { LocalProcess } from "./local-process.ts";
import { spawnSandbox, type StartOptions } from "./spawn-sandbox.ts";

/**
 * Starts a local command as a sandbox, from this very process.
 * @throws CodeExecutorError `unavailable` when it cannot be started
 */
export function startProcess(command: readonly string[], options: StartOptions): SandboxProcess | Promise<never> {
  const { child, exited } = spawnSandbox(command, options);
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stdin === null || stdout === null) {
    return exited.then(({ diagnostics }) => {
      throw new CodeExecutorError("unavailable", `A sandbox could not be started: ${diagnostics}.`);
    });
  }
  const started = new LocalProcess(pid, { input: stdin as Socket, output: stdout as Socket }, (alive) => {
    for (const handle of [child, stderr as Socket | null]) {
      if (alive) handle?.ref();
      else handle?.unref();
    }
  });
  void exited.then((exit) => started.end(exit));
  return started;
}
