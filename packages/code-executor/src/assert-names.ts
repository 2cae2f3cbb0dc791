import { CodeExecutorError } from "./code-executor-error.ts";

/**
 * Refuses an option that does not exist: a misspelled `capabilities: {}` must not give a run all that the executor has.
 *
 * @throws CodeExecutorError `invalid` naming the option and those that exist
 */
export function assertNames(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new CodeExecutorError("invalid", `The ${what} are no object.`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new CodeExecutorError("invalid", `There is no "${name}" among the ${what}; there are ${known.join(", ")}.`);
  }
}
