import { failureDetail, type UrlFetchError } from "../errors/url-fetch-error.ts";
import type { RetryPolicy } from "../policy/url-fetcher-policy.ts";

/** RFC 9110 section 9.2.2. */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

const retriable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What has come of an attempt. */
export interface Attempt {
  readonly method: string;
  /** Whether the body, if any, can be sent again. */
  readonly isRepeatable: boolean;
  /** How many attempts there have been, this one included. */
  readonly count: number;
  readonly outcome: { readonly status: number; readonly retryAfter: unknown } | UrlFetchError;
}

/**
 * How long to wait before an attempt is repeated: full jitter below a bound that doubles, or what the server asks for.
 *
 * @returns Milliseconds, or undefined when it is not to be repeated.
 */
export function retryDelay(
  { method, isRepeatable, count, outcome }: Attempt,
  policy: Required<RetryPolicy> | undefined,
): number | undefined {
  if (policy === undefined || count > policy.attempts || !isRepeatable || !idempotent.has(method)) return undefined;
  const jittered = Math.random() * Math.min(policy.maxMs, policy.baseMs * 2 ** (count - 1));
  if (outcome instanceof Error) return failureDetail(outcome)?.reason === "broken" ? jittered : undefined;
  if (!retriable.has(outcome.status)) return undefined;
  const asked = retryAfterMs(outcome.retryAfter);
  if (asked === undefined) return jittered;
  return asked <= policy.maxMs ? asked : undefined;
}

/** Reads `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date. */
export function retryAfterMs(header: unknown, now: number = Date.now()): number | undefined {
  if (typeof header !== "string") return undefined;
  if (/^[0-9]{1,10}$/.test(header)) return Number(header) * 1000;
  const date = /^[A-Z][a-z]{2},/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
