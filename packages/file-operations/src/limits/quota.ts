import { FileError } from "../errors/file-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import type { RootQuota } from "./root-limits.ts";

/** What a root holds, or what is added to it. */
export interface Usage {
  /** Files and directories. */
  readonly files: number;
  /** Bytes of all files, each by its size or by what it takes on the disk, whichever is more. */
  readonly bytes: number;
}

/** What is counted in blocks of this size before the file system has said what a file really takes. */
const block = 4096;

/** Counts what a root holds. Everything is reserved before it is written, so writers at the same time share one count. */
export class Quota {
  readonly #most: RootQuota;
  #files = 0;
  #bytes = 0;

  constructor(most: RootQuota) {
    this.#most = most;
  }

  get used(): Usage {
    return { files: this.#files, bytes: this.#bytes };
  }

  /**
   * Adds what is about to be written.
   * @throws FileError `quota` when it does not fit; then nothing was added
   */
  reserve({ files, bytes }: Usage, path: string): void {
    // What shrinks is let through when the root is over its quota already.
    const tooMany = files > 0 && this.#files + files > this.#most.files;
    if (tooMany || (bytes > 0 && this.#bytes + bytes > this.#most.bytes)) {
      const what = tooMany ? `${this.#most.files} files and directories` : `${this.#most.bytes} bytes`;
      throw new FileError(
        "quota",
        `"${printablePath(path)}" does not fit: this root may hold ${what}; remove something`,
        {
          path,
        },
      );
    }
    this.add({ files, bytes });
  }

  /** Adds what is there already; negative for what is gone. Somebody else may have removed it too, so never below none. */
  add({ files, bytes }: Usage): void {
    this.#files = Math.max(0, this.#files + files);
    this.#bytes = Math.max(0, this.#bytes + bytes);
  }
}

/** What a regular file counts: a sparse file by its size, a small one by its blocks. */
export function countedBytes({ size, blocks }: { readonly size: bigint; readonly blocks: bigint }): number {
  const onDisk = blocks * 512n;
  return Number(size > onDisk ? size : onDisk);
}

/** What data of this length will count at most, before it is written. */
export function expectedBytes(length: number): number {
  return Math.ceil(length / block) * block;
}
