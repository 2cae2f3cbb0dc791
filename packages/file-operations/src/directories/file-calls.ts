import { constants, fsync, fchmod, fchown, futimes, open, read, write } from "node:fs";
import { promisify } from "node:util";

// Plain descriptors, because `fs.promises` would wrap each in an object that costs more than the call.
export const openDescriptor: (path: string | Buffer, flags: number, mode?: number) => Promise<number> = promisify(open);
export const readInto: (
  descriptor: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => Promise<{ bytesRead: number }> = promisify(read);
export const writeFrom: (
  descriptor: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
) => Promise<{ bytesWritten: number }> = promisify(write);
export const synchronize: (descriptor: number) => Promise<void> = promisify(fsync);
export const changeMode: (descriptor: number, mode: number) => Promise<void> = promisify(fchmod);
export const changeOwner: (descriptor: number, user: number, group: number) => Promise<void> = promisify(fchown);
export const changeTimes: (descriptor: number, accessed: number, modified: number) => Promise<void> =
  promisify(futimes);

/** A flag that this platform may not have. */
function flag(name: "O_NOFOLLOW" | "O_NONBLOCK" | "O_DIRECTORY" | "O_NOCTTY"): number {
  return (constants as Readonly<Record<string, number | undefined>>)[name] ?? 0;
}

/** Never follows a link, never waits for the other end of a pipe, never becomes the terminal of this process. */
export const readFlags: number = constants.O_RDONLY | flag("O_NONBLOCK") | flag("O_NOCTTY");
export const noFollow: number = flag("O_NOFOLLOW");
export const onlyDirectory: number = flag("O_DIRECTORY");
