import type { OutputStream } from "../run-options.ts";

/** Everything that moves a cursor or hides text; newline and tab stay. */
// oxlint-disable-next-line eslint/no-control-regex -- they are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text from a sandbox as people and terminals may see it. */
export function withoutControls(text: string): string {
  return text.replaceAll(controls, "");
}

/** What a program has written, up to its limits. */
export class CollectedOutput {
  readonly #maxBytes: number;
  readonly #maxLines: number;
  readonly #texts: Record<OutputStream, string> = { stdout: "", stderr: "" };
  #bytes = 0;
  #lines = 0;

  constructor(maxBytes: number, maxLines: number) {
    this.#maxBytes = maxBytes;
    this.#maxLines = maxLines;
  }

  get stdout(): string {
    return this.#texts.stdout;
  }

  get stderr(): string {
    return this.#texts.stderr;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps what fits. @returns the text that was kept, and whether there was more than may be */
  add(stream: OutputStream, raw: string): { readonly kept: string; readonly exceeded: boolean } {
    const text = withoutControls(raw);
    const room = this.#maxBytes - this.#bytes;
    const size = Buffer.byteLength(text);
    const kept =
      size <= room
        ? text
        : Buffer.from(text)
            .subarray(0, room)
            .toString("utf8")
            .replace(/\ufffd$/, "");
    // A piece without a newline counts as a line, so that pieces are bounded too.
    this.#lines += Math.max(1, text.split("\n").length - 1);
    this.#bytes += Buffer.byteLength(kept);
    this.#texts[stream] += kept;
    return { kept, exceeded: size > room || this.#lines > this.#maxLines };
  }
}
