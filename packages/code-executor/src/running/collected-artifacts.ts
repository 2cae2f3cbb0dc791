import type { Artifact } from "../run-result.ts";

/** What every file system takes as the name of one file; it is for an embedder who writes them down after all. */
const plainName = /^(?!\.)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"/\\|?*]{1,255}$/u;

/** The files that a program has made, up to their limits. */
export class CollectedArtifacts {
  readonly #most: number;
  readonly #maxBytes: number;
  readonly #byName = new Map<string, Artifact>();
  #written = 0;
  #bytes = 0;

  constructor(most: number, maxBytes: number) {
    this.#most = most;
    this.#maxBytes = maxBytes;
  }

  /** In the order of their first writing. */
  get list(): Artifact[] {
    return [...this.#byName.values()];
  }

  /** Keeps one; a name that was there before is replaced, and counts again. @returns what is wrong with it, if anything */
  add(name: string, base64: string): string | undefined {
    if (!plainName.test(name) || !name.isWellFormed()) return "An artifact's name is no plain file name.";
    const bytes = Buffer.from(base64, "base64");
    this.#written += 1;
    this.#bytes += bytes.length;
    if (this.#written > this.#most) return `The program made more than ${this.#most} artifacts.`;
    if (this.#bytes > this.#maxBytes) return `The program's artifacts are larger than ${this.#maxBytes} bytes.`;
    this.#byName.set(name, { name, bytes: new Uint8Array(bytes) });
    return undefined;
  }
}
