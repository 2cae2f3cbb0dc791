import { CodeExecutorError } from "./code-executor-error.ts";

/**
 * Refuses what does not exist: a misspelled `capabilities: {}` must not give a run all that the executor has.
 *
 * @param kind What the names are names of, for the message: `limit`.
 * @throws CodeExecutorError `invalid` naming what there is not, and what there is
 */
export function assertNames(kind: string, named: object, known: readonly string[]): void {
  if (typeof named !== "object" || named === null || Array.isArray(named)) {
    throw new CodeExecutorError("invalid", `There is no object where each ${kind} should be.`);
  }
  for (const name of Object.keys(named)) {
    if (known.includes(name)) continue;
    throw new CodeExecutorError("invalid", `There is no ${kind} "${name}"; there are ${known.join(", ")}.`);
  }
}
