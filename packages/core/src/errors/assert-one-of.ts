import { KitError } from "./kit-error.ts";
import { quote } from "./quote.ts";

/**
 * Checks an option that the compiler has checked only for those who use it: a misspelled "off" must not mean the default.
 * @throws KitError `MISUSE` quoting the value and what may stand there
 */
export function assertOneOf<Choice extends string>(name: string, value: Choice, choices: readonly Choice[]): void {
  if (choices.includes(value)) return;
  throw new KitError(
    "MISUSE",
    `${name} is ${quote(value)}; use ${choices.map((choice) => JSON.stringify(choice)).join(" or ")}`,
  );
}
