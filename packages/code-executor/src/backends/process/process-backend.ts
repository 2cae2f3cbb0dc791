import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { ProcessStarter } from "../../starting/process-starter.ts";
import type { SandboxBackend } from "../sandbox-backend.ts";

/** Each sandbox is a process of the host's user, ended by a signal to its whole group. */
export function processBackend(): SandboxBackend {
  const wrapper = limitingShell();
  const starter = new ProcessStarter();
  return {
    isolation: "process",
    languages: ["javascript", "typescript"],
    spawn({ program: { node, nodeOptions, file, args, reads }, cpuSeconds }) {
      const command = [
        node,
        ...nodeOptions,
        "--permission",
        "--allow-addons",
        ...reads.map((path) => `--allow-fs-read=${path}`),
        file,
        ...args,
      ];
      // The root folder holds nothing that a relative path could mean, and exists everywhere.
      return starter.start([...wrapper(cpuSeconds), ...command], {
        cwd: process.platform === "win32" ? tmpdir() : "/",
      });
    },
    close: () => starter.close(),
  };
}

/**
 * Limits that the kernel keeps by itself. CPU time is the second line behind the host's count; no file can be written and
 * no core dumped whatever the sandboxed code turns into. Memory is not among them: the engine reserves address space by
 * the gigabyte, which `ulimit -v` counts.
 */
function limitingShell(): (cpuSeconds: number) => string[] {
  if (process.platform === "win32" || !existsSync("/bin/sh")) return () => [];
  const parentGone = existsSync("/usr/bin/setpriv") ? "/usr/bin/setpriv --pdeathsig KILL --no-new-privs " : "";
  return (cpuSeconds) => [
    "/bin/sh",
    "-c",
    `ulimit -c 0; ulimit -f 0; ulimit -n 64; ulimit -t ${cpuSeconds}; exec ${parentGone}"$0" "$@"`,
  ];
}
