import type { SandboxSpawnOptions } from "../sandbox-backend.ts";
import type { ContainerImage } from "./container-image.ts";
import type { ContainerSettings } from "./container-options.ts";

/** Nobody, by the number that Linux has for it. */
const nobody = "65534:65534";

/** The working directory: empty, in memory, and all that can be written to. */
const workFolder = "/sandbox";

/**
 * The body of `POST /containers/create` (Docker Engine API): the child program with as little around it as an engine can
 * give. The host's files that it reads are mounted, read-only, where they are on the host.
 */
export function containerRequest(
  { program, rssBytes, cpuSeconds }: SandboxSpawnOptions,
  image: ContainerImage,
  { node, cpus, processes, temporaryBytes, runtime }: ContainerSettings,
): object {
  const seconds = Math.ceil(cpuSeconds);
  return {
    Image: image.id,
    Entrypoint: [node],
    Cmd: [...program.nodeOptions, program.file, ...program.args],
    WorkingDir: workFolder,
    User: nobody,
    // Images bring variables, which may be secrets or options for node. Their names cannot be hidden, their values can.
    Env: image.variables.map((name) => `${name}=`),
    Labels: { "dev.plinth.sandbox": "code-executor" },
    Healthcheck: { Test: ["NONE"] },
    Tty: false,
    OpenStdin: true,
    // When the host dies, stdin ends, and with it the program.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      // The engine cleans up even when the host is gone.
      AutoRemove: true,
      NetworkMode: "none",
      IpcMode: "none",
      CgroupnsMode: "private",
      Privileged: false,
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Memory: rssBytes,
      // Memory and swap together: no swap.
      MemorySwap: rssBytes,
      NanoCpus: Math.round(cpus * 1e9),
      PidsLimit: processes,
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "nofile", Soft: 64, Hard: 64 },
        // One second apart, so that the exit tells this limit (SIGXCPU) from the memory's (SIGKILL).
        { Name: "cpu", Soft: seconds, Hard: seconds + 1 },
      ],
      Tmpfs: { [workFolder]: `rw,noexec,nosuid,nodev,size=${temporaryBytes},mode=1777` },
      Mounts: outermost(program.reads).map((path) => ({ Type: "bind", Source: path, Target: path, ReadOnly: true })),
      // Otherwise the engine keeps all output in a file on the host.
      LogConfig: { Type: "none", Config: {} },
      ...(runtime !== undefined && { Runtime: runtime }),
    },
  };
}

/** Paths that lie in none of the others, once each. */
function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)));
}
