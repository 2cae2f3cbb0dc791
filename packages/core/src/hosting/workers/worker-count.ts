import { availableParallelism } from "node:os";
import { assertWholeNumber } from "../../errors/assert-whole-number.ts";
import { KitError } from "../../errors/kit-error.ts";

/** More processes than that are a mistake in a setting. */
const mostWorkers = 256;

/**
 * How many processes are to serve: what the option says, else what the environment's `WORKERS` says, else one. `auto`
 * is one for each core that this process may use, and one under stdio.
 *
 * @throws KitError `MISUSE` for a count that cannot be, and for more than one under stdio
 */
export function workerCount(option: number | "auto" | undefined, transport: "stdio" | "http"): number {
  const [name, asked] = option === undefined ? (["WORKERS", environment()] as const) : (["workers", option] as const);
  if (asked === "auto") return transport === "stdio" ? 1 : Math.min(availableParallelism(), mostWorkers);
  assertWholeNumber(name, asked, { least: 1, most: mostWorkers });
  if (asked > 1 && transport === "stdio") {
    throw new KitError(
      "MISUSE",
      `${name} is ${asked}, but stdio connects one client with one process; leave ${name} out or serve HTTP`,
    );
  }
  return asked;
}

/** A variable that is set to nothing counts as not set, as the others of `run()`. */
function environment(): number | "auto" {
  const text = process.env["WORKERS"] || "1";
  if (text === "auto") return text;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new KitError(
    "MISUSE",
    `WORKERS is ${JSON.stringify(text)}; use "auto" or a whole number from 1 to ${mostWorkers}`,
  );
}
