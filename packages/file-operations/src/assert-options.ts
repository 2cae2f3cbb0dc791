import { quote } from "./errors/quote.ts";

/**
 * Finds options that do not exist. A misspelled `ifMatch` must not mean "overwrite whatever is there".
 * @throws TypeError naming the option and what may stand there
 */
export function assertOptions(options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`The options are ${quote(options)}; give an object`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`The option ${quote(name)} does not exist; use ${known.join(", ")}`);
  }
}

/** @throws TypeError quoting a value that is not one of the choices */
export function assertOneOf<Choice>(name: string, value: Choice, choices: readonly Choice[]): void {
  if (choices.includes(value)) return;
  throw new TypeError(
    `${name} is ${quote(value)}; use ${choices.map((choice) => JSON.stringify(choice)).join(" or ")}`,
  );
}
