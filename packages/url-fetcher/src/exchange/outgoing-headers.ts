import { toError } from "../errors/to-error.ts";
import { UrlPolicyError } from "../errors/url-policy-error.ts";
import { readHeaders, type HeadersInput } from "../policy/header-rule.ts";
import type { ResolvedPolicy } from "../policy/resolve-policy.ts";
import type { Target } from "../policy/url-rule.ts";
import type { FetchRequest } from "./fetch-request.ts";

/** What frames a message is never the program's to say. */
const framing: readonly string[] = ["content-length", "content-encoding"];

/**
 * The request with what the program itself adds. The rules for callers' names do not hold for it, those for messages and
 * metadata services do.
 *
 * @throws UrlPolicyError when the function fails, or gives what is no header: it is the program's
 */
export function withOutgoingHeaders(
  request: FetchRequest,
  { origin }: Target,
  { headers: rule, seams }: ResolvedPolicy,
): FetchRequest {
  if (seams.outgoingHeaders === undefined) return request;
  let added: ReadonlyMap<string, string>;
  try {
    const given: unknown = seams.outgoingHeaders({ method: request.method, origin });
    // A promise has no entries, and would pass for no headers.
    if (given instanceof Promise) throw new TypeError("it returned a promise; make it synchronous");
    added = readHeaders(given as HeadersInput, { ...rule, only: undefined, deny: new Set(framing) });
  } catch (cause) {
    throw new UrlPolicyError(`outgoingHeaders() failed: ${toError(cause).message}`, { cause });
  }
  if (added.size === 0) return request;
  const { flatHeaders: _, ...rest } = request;
  return { ...rest, headers: new Map([...request.headers, ...added]) };
}
