import type { ChildProgram } from "../../child-program.ts";
import { ProcessStarter } from "../../starting/process-starter.ts";
import type { SandboxBackend } from "../sandbox-backend.ts";
import type { Bubblewrap } from "./probe-bubblewrap.ts";
import { relocate } from "./relocate.ts";
import { systemCallFilter } from "./system-call-filter.ts";

/**
 * Each sandbox is a tree of processes in namespaces of its own: no network, an empty read-only root with the few files
 * that the child reads, another user without capabilities, and a filter that lets it make threads but no processes.
 */
export function bubblewrapBackend({ command, libraries }: Bubblewrap): SandboxBackend {
  const filter = systemCallFilter(process.arch);
  const starter = new ProcessStarter();
  return {
    isolation: "bubblewrap",
    languages: ["javascript", "typescript", "python"],
    spawn({ program, cpuSeconds }) {
      const limits = `ulimit -c 0; ulimit -n 64; ulimit -t ${cpuSeconds}; exec "$0" "$@"`;
      return starter.start(
        ["/bin/sh", "-c", limits, command, ...sandboxArguments(program, libraries, filter !== undefined)],
        {
          cwd: "/",
          ...(filter === undefined ? {} : { extraInput: filter }),
        },
      );
    },
    close: () => starter.close(),
  };
}

/** What `bwrap` is told; exported for the probe, which must try the very same. */
export function sandboxArguments(program: ChildProgram, libraries: readonly string[], filtered: boolean): string[] {
  const { node, nodeOptions, file, args, mounts } = relocate(program, libraries);
  const apart = "--unshare-all --die-with-parent --new-session --clearenv --hostname sandbox";
  const powerless = "--uid 65534 --gid 65534 --cap-drop ALL";
  const readable = [...mounts, ...libraries.map((path) => [path, path])].flatMap((paths) => ["--ro-bind", ...paths]);
  const options = `${apart} ${powerless}`.split(" ").concat(readable, "--remount-ro", "/", "--chdir", "/");
  return options.concat(filtered ? ["--seccomp", "3"] : [], "--", node, nodeOptions, file, args);
}
