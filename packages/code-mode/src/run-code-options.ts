import type { Language } from "@plinth/code-executor";
import { KitError } from "@plinth/core";

/** What a program may do, and how much of its output the model reads. */
export interface RunCodeOptions {
  /** Tool calls that one program may make; further ones fail in the program. @default 50 */
  readonly maxCalls?: number;
  /**
   * Characters of the returned value as JSON, and of stdout and stderr each, that the model gets; what is longer is cut.
   * @default 20_000
   */
  readonly maxOutputCharacters?: number;
  /**
   * What programs may be written in; the first is meant when a call names none. Python needs an executor that has it.
   * @default ["javascript", "typescript"]
   */
  readonly languages?: readonly Language[];
}

const known: readonly Language[] = ["javascript", "typescript", "python"];

/** Fills in the defaults. @throws KitError `MISUSE` quoting a value that cannot be */
export function assertRunCodeOptions({
  maxCalls = 50,
  maxOutputCharacters = 20_000,
  languages = ["javascript", "typescript"],
}: RunCodeOptions): Required<RunCodeOptions> {
  assertWithin("maxCalls", maxCalls, [1, 10_000]);
  assertWithin("maxOutputCharacters", maxOutputCharacters, [100, 1_000_000]);
  const isKnown = Array.isArray(languages) && languages.length > 0 && languages.every((each) => known.includes(each));
  if (!isKnown || new Set(languages).size < languages.length) {
    throw new KitError(
      "MISUSE",
      `languages is ${JSON.stringify(languages)}; it must be a list of one or more of ${known.join(", ")}`,
    );
  }
  return { maxCalls, maxOutputCharacters, languages: [...languages] };
}

function assertWithin(name: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new KitError("MISUSE", `${name} is ${String(value)}; it must be a whole number from ${least} to ${most}`);
}
