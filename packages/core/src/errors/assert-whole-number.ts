import { KitError } from "./kit-error.ts";

/** The longest that a timer waits, in milliseconds: about 25 days. Node fires one that is set for longer at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** What {@link assertWholeNumber} lets through. */
export interface WholeNumberRange {
  /** @default 0 */
  readonly least?: number;
  /** @default no limit but that of exact numbers */
  readonly most?: number;
}

/**
 * Checks an option when it is given and not when it is used.
 * @throws KitError `MISUSE` quoting the value and the range
 */
export function assertWholeNumber(
  name: string,
  value: number,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: WholeNumberRange = {},
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new KitError("MISUSE", `${name} is ${String(value)}; it must be a whole number ${range}`);
}
