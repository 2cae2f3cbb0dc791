import { failure, failureDetail, unreachable, UrlFetchError } from "../errors/url-fetch-error.ts";
import type { RequestHeaders } from "../policy/header-rule.ts";
import type { Target } from "../policy/url-rule.ts";

/** A request, as far as a redirect changes it. */
export interface Hop {
  readonly target: Target;
  readonly method: string;
  readonly headers: RequestHeaders;
  readonly hasBody: boolean;
}

/** What an answer says about the next request. */
export interface RedirectAnswer {
  readonly status: number;
  readonly location: string | readonly string[] | undefined;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What another origin may know of a request: nothing that could be a credential, or says where it comes from. */
const crossOriginHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
  "user-agent",
]);

/** What describes a body (RFC 9110 section 15.4), and goes with it. */
const bodyHeaders: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
  "digest",
  "content-digest",
]);

/**
 * Where a redirect leads, and with what (RFC 9110 section 15.4, Fetch Standard section 4.4): the URL goes through the whole
 * policy as the first one did.
 *
 * @returns undefined when the answer is no redirect, or has no location.
 * @throws UrlFetchError `REDIRECT_REFUSED`, or `UNREACHABLE` when the host is refused
 */
export function nextHop(
  hop: Hop,
  { status, location }: RedirectAnswer,
  checkUrl: (text: string, base: Target) => Target,
): Hop | undefined {
  if (!redirects.has(status) || location === undefined || location.length === 0) return undefined;
  if (typeof location !== "string") throw refused("The redirect has more than one location");
  const target = checkLocation(readLocation(location), hop.target, checkUrl);
  if (hop.target.scheme === "https" && target.scheme === "http") throw refused("The redirect leaves TLS");
  const becomesGet =
    (status === 303 && hop.method !== "HEAD" && hop.method !== "GET") ||
    ((status === 301 || status === 302) && hop.method === "POST");
  const method = becomesGet ? "GET" : hop.method;
  const hasBody = hop.hasBody && !becomesGet;
  const isSameOrigin = target.origin === hop.target.origin;
  if (!isSameOrigin && (hasBody || (method !== "GET" && method !== "HEAD" && method !== "OPTIONS"))) {
    throw refused(`The redirect would send a ${method} to another origin`);
  }
  const headers = new Map(hop.headers);
  for (const name of hop.headers.keys()) {
    const isKept = isSameOrigin ? name !== "referer" : crossOriginHeaders.has(name);
    if (!isKept || (becomesGet && bodyHeaders.has(name))) headers.delete(name);
  }
  return { target, method, headers, hasBody };
}

/** White space around it is none of it (RFC 9110 section 5.5), and browsers take its bytes for UTF-8, which servers rely on. */
function readLocation(header: string): string {
  const text = header.replaceAll(/^[ \t]+|[ \t]+$/g, "");
  // A path to some parsers, a host to others.
  if (/^https?:(?!\/\/[^/])/i.test(text)) throw refused("The location has a scheme, and not two slashes and a host");
  return Buffer.from(text, "latin1").toString("utf8");
}

function checkLocation(location: string, base: Target, checkUrl: (text: string, base: Target) => Target): Target {
  try {
    return checkUrl(location, base);
  } catch (error) {
    const detail = failureDetail(error);
    if (!(error instanceof UrlFetchError) || detail === undefined) throw error;
    if (error.code === "UNREACHABLE") {
      const to = URL.parse(location, base.href)?.host.slice(0, 300);
      throw unreachable({ ...detail, explanation: `It was redirected to ${to}. ${detail.explanation}` });
    }
    // Not in the words for the caller's own URL, which they quote: this one is the server's.
    throw refused(`${error.message} (${detail.reason})`);
  }
}

/** The error for a redirect that is not followed. */
export function refused(explanation: string): UrlFetchError {
  return failure("REDIRECT_REFUSED", "The server redirected to where this fetcher does not go", {
    reason: "redirect",
    explanation,
  });
}
