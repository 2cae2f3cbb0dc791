import { CodeExecutorError } from "../../code-executor-error.ts";

/**
 * The path of the engine's socket out of a path or a `unix:` URL.
 *
 * @throws CodeExecutorError `invalid` for anything else: an engine on the network obeys whoever reaches it, and could
 * not mount the program's files
 */
export function engineSocket(engine: string): string {
  const path = /^unix:\/\/(\/.+)$/.exec(engine)?.[1] ?? engine;
  if (path.startsWith("/") && !path.includes("\0")) return path;
  throw new CodeExecutorError(
    "invalid",
    `engine is ${JSON.stringify(engine)}; it must be the path of a socket on this machine, such as ` +
      '"/run/user/1000/podman/podman.sock", or the same as a unix:// URL',
  );
}
