import { quote } from "./errors/quote.ts";

/** Options that are on or off. */
const flags: ReadonlySet<string> = new Set([
  "details",
  "ignoreCase",
  "overwrite",
  "recursive",
  "wholeWord",
  "wildcards",
]);

/**
 * Finds options that do not exist or are not what they should be. A misspelled `ifMatch` must not mean "overwrite whatever
 * is there", and the text "false" not that everything may be removed.
 * @throws TypeError naming the option and what may stand there
 */
export function assertOptions(options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`The options are ${quote(options)}; give an object`);
  }
  if (options instanceof AbortSignal) throw new TypeError("The options are a signal; give { signal }");
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw new TypeError(`The option ${quote(name)} does not exist; use ${known.join(", ")}`);
    if (flags.has(name)) assertOneOf(name, value as unknown, [true, false, undefined]);
    if (name === "signal" && value !== undefined && !(value instanceof AbortSignal)) {
      throw new TypeError(`signal is ${quote(value)}; give an AbortSignal`);
    }
  }
}

/** @throws TypeError quoting a value that is not one of the choices */
export function assertOneOf<Choice>(name: string, value: Choice, choices: readonly Choice[]): void {
  if (choices.includes(value)) return;
  const allowed = choices.filter((choice) => choice !== undefined).map((choice) => JSON.stringify(choice));
  throw new TypeError(`${name} is ${quote(value)}; use ${allowed.join(" or ")}`);
}
