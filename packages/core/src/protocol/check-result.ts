import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import type { Era } from "./eras.ts";
import { metaProblem } from "./json-rpc.ts";

/** Results that may be something else than complete (MCP 2026-07-28, multi round trip requests). */
const mayBeIncomplete: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);

/**
 * Refuses a result that its era has no form for, as only a middleware can make one: a `_meta` that is none (MCP, basic,
 * `_meta`), or in the modern era a `resultType` that the method does not have.
 *
 * @throws KitError `INVALID_OUTPUT`
 */
export function checkResult(era: Era, method: string, result: Readonly<Record<string, unknown>>): void {
  const { _meta, resultType } = result;
  const problem = _meta === undefined ? undefined : metaProblem(_meta, "_meta");
  if (problem !== undefined) throw new KitError("INVALID_OUTPUT", `The result of ${method}: ${problem}`);
  if (era === "legacy" || resultType === undefined || resultType === "complete" || mayBeIncomplete.has(method)) return;
  throw new KitError("INVALID_OUTPUT", `A result of ${method} is always complete; got ${quote(resultType)}`);
}
