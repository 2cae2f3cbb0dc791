import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";
import { quote } from "../errors/url-policy-error.ts";

/** Which headers a caller may send. */
export interface HeaderRule {
  /** The only ones, in lower case; undefined allows all that are not refused. */
  readonly only: ReadonlySet<string> | undefined;
  readonly deny: ReadonlySet<string>;
  readonly allowMetadata: boolean;
  readonly userAgent: string;
  readonly maxBytes: number;
}

/** Headers as a caller gives them. */
export type HeadersInput = Headers | Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/** Request headers by lower-case name. */
export type RequestHeaders = ReadonlyMap<string, string>;

/**
 * What belongs to the connection, the framing of messages or the routing (RFC 9110 section 7.6.1, RFC 9112): a caller who
 * sets these speaks for the fetcher, to another host than was checked or in another message than was counted.
 */
const ours: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
]);

/**
 * What metadata services ask for, so that no page can be made to send it: Azure, Google and IBM, Linode; AWS, Alibaba and
 * Huawei with tokens of their own; Azure's identities.
 */
const metadata =
  /^(?:metadata|metadata-flavor|(?:x-(?:.+-)?)?metadata-token(?:-.+)?|x-google-metadata-request|x-identity-header)$/;

/** What proxies tell servers about clients: dropped unless the policy lists it, since servers trust it. */
const forwarding =
  /^(?:forwarded|via|client-ip|x-(?:real|client|remote|originating|cluster-client)-(?:ip|addr)|(?:true|fastly)-client-ip|cf-connecting-ip(?:v6)?|x-host|x-original-.*|x-rewrite-url|x-forwarded(?:-.*)?)$/;

/** RFC 9110 section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** RFC 9110 section 5.5, without the obsolete line folding. */
const fieldValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/**
 * Reads and checks a caller's headers. What would change the message or its way is refused, what only proxies may say is
 * left out.
 *
 * @throws UrlFetchError `INVALID_REQUEST` or `TOO_LARGE`; it quotes names, never values
 */
export function readHeaders(input: HeadersInput | undefined, rule: HeaderRule): Map<string, string> {
  const headers = new Map<string, string>();
  let bytes = 0;
  if (input !== undefined && input !== null) {
    for (const [name, value] of pairsOf(input)) {
      const key = checkedName(name, rule);
      if (typeof value !== "string" || !fieldValue.test(value)) {
        throw wrongHeader(
          `The value of the header ${quote(key)} is no text, or has characters that a header cannot have`,
        );
      }
      bytes += key.length + value.length + 4;
      if (bytes > rule.maxBytes) {
        throw failure("TOO_LARGE", `The request's headers have more than ${rule.maxBytes} bytes`, { reason: "size" });
      }
      if (forwarding.test(hyphened(key)) && rule.only?.has(key) !== true) continue;
      const before = headers.get(key);
      headers.set(key, before === undefined ? value.trim() : `${before}, ${value.trim()}`);
    }
  }
  return headers;
}

/** Adds what every request has unless its caller says otherwise. */
export function addDefaults(headers: Map<string, string>, { userAgent }: HeaderRule): void {
  if (!headers.has("accept")) headers.set("accept", "*/*");
  if (!headers.has("accept-encoding")) headers.set("accept-encoding", "gzip, deflate, br, zstd");
  if (!headers.has("user-agent")) headers.set("user-agent", userAgent);
}

/** Names and values in turn, as undici takes them. */
export function flattened(headers: RequestHeaders): string[] {
  const list: string[] = [];
  for (const [name, value] of headers) list.push(name, value);
  return list;
}

function checkedName(name: unknown, rule: HeaderRule): string {
  if (typeof name !== "string" || !token.test(name)) throw wrongHeader("The name of a header is no token");
  const key = name.toLowerCase();
  const read = hyphened(key);
  const isRefused =
    ours.has(read) ||
    rule.deny.has(key) ||
    rule.deny.has(read) ||
    (rule.only !== undefined && !rule.only.has(key)) ||
    (metadata.test(read) && !rule.allowMetadata);
  if (isRefused) throw wrongHeader(`The header ${quote(key)} is not allowed; leave it out`);
  return key;
}

/** As servers may read it: CGI and what came after it make one name of `x_forwarded_for` and `x-forwarded-for` (RFC 3875 section 4.1.18). */
function hyphened(key: string): string {
  return key.includes("_") ? key.replaceAll("_", "-") : key;
}

/** Own entries only: nothing that was put on a prototype becomes a header. */
function pairsOf(input: HeadersInput): Iterable<readonly [unknown, unknown]> {
  if (typeof input !== "object") throw wrongHeader("The headers are no object");
  const isIterable = typeof (input as Iterable<unknown>)[Symbol.iterator] === "function";
  if (!isIterable) return Object.entries(input);
  const pairs = [...(input as Iterable<readonly [string, string]>)];
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) throw wrongHeader("The headers are no list of names with values");
  }
  return pairs;
}

function wrongHeader(message: string): UrlFetchError {
  return failure("INVALID_REQUEST", message, { reason: "header" });
}
