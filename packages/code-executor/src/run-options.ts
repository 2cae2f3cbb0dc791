import type { RunCapabilities } from "./capabilities/capabilities.ts";
import type { Limits } from "./limits.ts";

/** What a program is written in. */
export type Language = "javascript" | "typescript" | "python";

/** Every {@link Language}. */
export const languages: readonly Language[] = ["javascript", "typescript", "python"];

/** Which of the program's two streams a piece of output was written to. */
export type OutputStream = "stdout" | "stderr";

/** The names of {@link RunOptions}. */
export const runOptionNames: readonly (keyof RunOptions)[] = [
  "language",
  "input",
  "files",
  "capabilities",
  "principal",
  "limits",
  "signal",
  "onOutput",
];

/** Options for one run. */
export interface RunOptions {
  /** @default "javascript" */
  readonly language?: Language;
  /** Given to the program as the global `input`; anything that `JSON.stringify` takes. @default undefined */
  readonly input?: unknown;
  /**
   * Read-only files for the program, by plain file name: `inputFiles.readText(name)` in JavaScript, files in the working
   * directory in Python. @default none
   */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** **Security:** what the program may reach outside its sandbox. @default what the executor has implementations of */
  readonly capabilities?: RunCapabilities;
  /**
   * Whom the program runs for: passed to the `fetch` capability with each request, for its rate limits and its audit log.
   * Other capabilities are yours, and know their caller. @default nobody
   */
  readonly principal?: string;
  /** Limits tighter or wider than the executor's. @default the executor's */
  readonly limits?: Limits;
  /** Ends the run, and the calls it has made, with `cancelled`. */
  readonly signal?: AbortSignal;
  /** Called with each piece of output as it comes, control characters removed. */
  readonly onOutput?: (text: string, stream: OutputStream) => void;
}
