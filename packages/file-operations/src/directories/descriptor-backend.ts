import { closeSync, fstatSync, readSync, statfsSync, statSync, type BigIntStats } from "node:fs";
import { notWhatWasFound } from "../errors/from-system-error.ts";
import { noFollow, onlyDirectory, openDescriptor, readFlags } from "./file-calls.ts";
import { type Backend, isSameFile, pathIn, type Place } from "./place.ts";

/**
 * Linux's O_PATH, which Node does not name; the same on all of its architectures. It finds without opening: a device
 * is not started, a pipe not waited for, and a directory needs no read permission.
 */
const findOnly = 0o10000000;

/** The kind of file system that `/proc` is, from statfs(2). */
const procMagic = 0x9fa0;

/**
 * Finds names relative to descriptors: `/proc/self/fd/N/name` is to Linux what `openat(N, "name")` is in C. The
 * descriptor stays on its directory whatever happens to the path, `O_NOFOLLOW` stops at links, and a path never has more
 * than one name to resolve. Nothing is cached between two operations: a directory that was moved away is not found again.
 */
export const descriptorBackend: Backend = {
  guarantee: "race-free",
  async openRoot(path) {
    return new DescriptorPlace(await openDescriptor(path, findOnly | noFollow | onlyDirectory));
  },
  async find(directory, name) {
    return new DescriptorPlace(await openDescriptor(pathIn(directory, name), findOnly | noFollow));
  },
  // Through the descriptor, so it is the very file whose kind was checked.
  openForReading: (file) => openDescriptor(file.self, readFlags),
};

class DescriptorPlace implements Place {
  readonly stats: BigIntStats;
  readonly self: string;
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.self = `/proc/self/fd/${descriptor}`;
    try {
      // Synchronous: an open descriptor answers from the kernel's memory, and a thread for it costs ten times the call.
      this.stats = fstatSync(descriptor, { bigint: true });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  async confirm(): Promise<void> {
    // A descriptor stays on its file; but code elsewhere in the process can close a number that is not its own.
    if (!isSameFile(fstatSync(this.#descriptor, { bigint: true }), this.stats)) throw notWhatWasFound();
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Whether this process can work by descriptors here: `/proc` is the real one, and leads to the descriptor's file. */
export async function canUseDescriptors(root: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  let descriptor: number | undefined;
  try {
    descriptor = await openDescriptor(root, findOnly | noFollow | onlyDirectory);
    if (statfsSync("/proc/self/fd").type !== procMagic) return false;
    const through = statSync(`/proc/self/fd/${descriptor}/.`, { bigint: true });
    return isSameFile(fstatSync(descriptor, { bigint: true }), through) && isFindOnly(descriptor);
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** An O_PATH descriptor refuses to be read with EBADF; any other descriptor of a directory with EISDIR. */
function isFindOnly(descriptor: number): boolean {
  try {
    readSync(descriptor, new Uint8Array(1));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EBADF";
  }
}
