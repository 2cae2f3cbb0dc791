import { CodeExecutorError } from "../../code-executor-error.ts";

/** Options for {@link containerBackend}. */
export interface ContainerBackendOptions {
  /**
   * The image, by a reference that stands in `allowedImages`. Best with its digest: `node@sha256:...`. It must have the
   * host's release line of Node and its C library, because the engine's binary is the host's own.
   */
  readonly image: string;
  /**
   * **Security:** the images that may be run, each exactly as `image` would name it: no patterns, and no tags added.
   */
  readonly allowedImages: readonly string[];
  /** The engine's socket, as a path or `unix://` URL. @default "/var/run/docker.sock" */
  readonly engine?: string;
  /** Path of `node` in the image. @default "/usr/local/bin/node" */
  readonly node?: string;
  /** CPUs that one sandbox gets at most; may be a fraction. @default 1 */
  readonly cpus?: number;
  /** Processes and threads of one sandbox; node has about 12. @default 64 */
  readonly processes?: number;
  /** Size of the working folder, in memory, in bytes. @default 16 MiB */
  readonly temporaryBytes?: number;
  /** The engine's runtime, for example `runsc` for gVisor. @default the engine's own */
  readonly runtime?: string;
  /** Milliseconds that the engine has to answer a request. @default 15_000 */
  readonly timeoutMs?: number;
  /**
   * Go on when the engine warns that the kernel lacks the means for something asked for. **Security:** what it warns of
   * is a limit that programs do not have. @default false
   */
  readonly acceptWarnings?: boolean;
}

/** {@link ContainerBackendOptions} with their defaults. */
export type ContainerSettings = Required<Omit<ContainerBackendOptions, "runtime" | "allowedImages">> & {
  readonly runtime: string | undefined;
};

/**
 * Fills in the defaults.
 *
 * @throws CodeExecutorError `invalid` quoting what cannot be, `unavailable` on another system than Linux
 */
export function completeOptions(options: ContainerBackendOptions): ContainerSettings {
  const {
    image,
    allowedImages,
    engine = "/var/run/docker.sock",
    node = "/usr/local/bin/node",
    cpus = 1,
    processes = 64,
    temporaryBytes = 16 * 1024 * 1024,
    runtime,
    timeoutMs = 15_000,
    acceptWarnings = false,
  } = options;
  if (process.platform !== "linux") {
    throw new CodeExecutorError(
      "unavailable",
      `Containers run this host's own files, which are made for ${process.platform} and not for Linux.`,
    );
  }
  // It becomes part of a path.
  if (typeof image !== "string" || !/^(?!.*\.\.)[a-z\d][\w.:/@-]{0,500}$/i.test(image)) {
    throw invalid("image", image, "a reference such as node:24-slim or node@sha256:...");
  }
  if (!Array.isArray(allowedImages) || !allowedImages.includes(image)) {
    throw invalid("image", image, `one of allowedImages, which are ${JSON.stringify(allowedImages)}`);
  }
  if (typeof engine !== "string") throw invalid("engine", engine, "a text");
  if (typeof node !== "string" || !node.startsWith("/")) throw invalid("node", node, "an absolute path");
  if (runtime !== undefined && (typeof runtime !== "string" || runtime === "")) {
    throw invalid("runtime", runtime, "the name of a runtime");
  }
  if (!(Number.isFinite(cpus) && cpus >= 0.01 && cpus <= 1024)) throw invalid("cpus", cpus, "from 0.01 to 1024");
  assertWhole("processes", processes, [16, 4096]);
  assertWhole("temporaryBytes", temporaryBytes, [4096, 2 ** 34]);
  assertWhole("timeoutMs", timeoutMs, [1, 600_000]);
  return { image, engine, node, cpus, processes, temporaryBytes, runtime, timeoutMs, acceptWarnings };
}

function assertWhole(name: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(name, value, `a whole number from ${least} to ${most}`);
}

function invalid(name: string, value: unknown, wanted: string): CodeExecutorError {
  return new CodeExecutorError(
    "invalid",
    `${name} is ${JSON.stringify(value) ?? String(value)}; it must be ${wanted}.`,
  );
}
