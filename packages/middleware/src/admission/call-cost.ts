import { KitError, type Call } from "@plinth/core";

/** What a call costs: a number of 0 or more, or a function that tells it. */
export type CallCost = number | ((call: Call) => number);

/**
 * Reads a {@link CallCost}. The function that it gives throws `MISUSE` for a cost that is none: a cost below 0 would fill
 * the bucket, and one that is no number would not be seen to empty it.
 *
 * @throws KitError `MISUSE` for a fixed cost that is none
 */
export function callCost(cost: CallCost): (call: Call) => number {
  if (typeof cost === "function") return (call) => checked("cost() of a limit gave", cost(call));
  const fixed = checked("cost is", cost);
  return () => fixed;
}

function checked(what: string, cost: unknown): number {
  if (typeof cost === "number" && cost >= 0 && cost < Infinity) return cost;
  throw new KitError("MISUSE", `${what} ${String(cost)}; it must be a number of 0 or more, and not infinite`);
}
