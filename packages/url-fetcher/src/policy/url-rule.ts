import { refusedAddress, type AddressRule } from "../address/address-rule.ts";
import { failure, unreachable, type FailureDetail, type UrlFetchError } from "../errors/url-fetch-error.ts";
import { quote } from "../errors/url-policy-error.ts";
import { covers, lists, withoutTrailingDot, type HostList } from "./host-list.ts";
import { isMetadataHost, isReservedHost } from "./reserved-hosts.ts";

/** Which URLs a fetcher takes. */
export interface UrlRule {
  readonly schemes: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
  /** The only hosts; undefined allows all that are not denied, reserved or special. */
  readonly allowHosts: HostList | undefined;
  readonly denyHosts: HostList;
  readonly allowReservedHosts: HostList;
  readonly allowIpLiterals: boolean;
  readonly addresses: AddressRule;
  readonly maxLength: number;
}

/** A URL that has passed every check that needs no network. */
export interface Target {
  /** Scheme, host without its trailing dot, and a port if it is not the scheme's own. */
  readonly origin: string;
  readonly scheme: "http" | "https";
  /** Canonical, without trailing dot; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  readonly href: string;
}

/** Tab, line feed and their like are dropped by the URL parser, wherever they stand; a backslash is read as a slash. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const treacherous = /[\u0000-\u001f\u007f\\]|^[ \u00a0\ufeff]|[ \u00a0\ufeff]$/;

/** What parsers read as user information, also when there is nothing before the "@". */
const userInfo = /^[^/?#]*@/;

const named = /^([a-z][a-z0-9+.-]*):/i;
const absolute = /^([a-z][a-z0-9+.-]*):\/\/(?=[^/])/i;

/** Labels of letters, digits, hyphens and, as they are in use, underscores (RFC 1123 section 2.1, RFC 1035 section 2.3.4). */
const hostName = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** The most hosts whose verdict is kept. */
const maxVerdicts = 1024;

/** Makes the check of a fetcher's URLs; each redirect goes through it again. */
export function createUrlGate(rule: UrlRule): (text: string, base?: Target) => Target {
  const verdicts = new Map<string, FailureDetail | undefined>();

  /** The rule does not change, and the same hosts come again and again. */
  function hostVerdict(host: string): FailureDetail | undefined {
    if (verdicts.has(host)) return verdicts.get(host);
    const verdict = refusedHost(host, rule);
    if (verdicts.size >= maxVerdicts) verdicts.clear();
    verdicts.set(host, verdict);
    return verdict;
  }

  return function checkUrl(text, base) {
    if (text.length > rule.maxLength) throw wrongUrl("url", `The URL is longer than ${rule.maxLength} characters`);
    if (treacherous.test(text)) {
      throw wrongUrl("url", "The URL has a backslash, a control character or outer spaces; percent-encode them");
    }
    const match = absolute.exec(text);
    if (match === null && base === undefined) {
      const scheme = named.exec(text)?.[1]?.toLowerCase();
      if (scheme !== undefined && !rule.schemes.has(scheme)) throw wrongScheme(scheme, rule);
      throw wrongUrl("url", 'The URL is not absolute; begin with a scheme and a host, as "https://example.com/"');
    }
    if (
      match === null
        ? text.startsWith("//") && userInfo.test(text.slice(2))
        : userInfo.test(text.slice(match[0].length))
    ) {
      throw wrongUrl("url", "The URL has user information; send credentials in a header");
    }
    const url = URL.parse(text, base?.href);
    if (url === null) throw wrongUrl("url", "The URL cannot be parsed");
    const target = targetOf(url, rule);
    const refusal = hostVerdict(target.host);
    if (refusal !== undefined) throw unreachable(refusal);
    return target;
  };
}

function targetOf(url: URL, rule: UrlRule): Target {
  const scheme = url.protocol.slice(0, -1);
  if ((scheme !== "http" && scheme !== "https") || !rule.schemes.has(scheme)) {
    throw wrongScheme(scheme, rule);
  }
  if (url.username !== "" || url.password !== "") {
    throw wrongUrl("url", "The URL has user information; send credentials in a header");
  }
  const port = url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port);
  if (!rule.ports.has(port)) {
    throw wrongUrl("port", `The port ${port} is not allowed; use ${[...rule.ports].join(" or ")}`);
  }
  const host = withoutTrailingDot(url.hostname);
  const origin = `${scheme}://${host}${url.port === "" ? "" : `:${url.port}`}`;
  const path = url.pathname + url.search;
  // Percent-encoding and IDNA make a URL longer than its text.
  if (origin.length + path.length > rule.maxLength) {
    throw wrongUrl("url", `The URL is longer than ${rule.maxLength} characters`);
  }
  return { origin, scheme, host, port, path, href: origin + path };
}

/** The checks of a host that need no network; a name's addresses are checked when it is dialled. */
function refusedHost(host: string, rule: UrlRule): FailureDetail | undefined {
  if (host.length > 253 || !(isIpv6(host) || hostName.test(host))) return refused("It is no name that DNS could have");
  if (covers(rule.denyHosts, host)) return refused("The policy denies the host");
  const isListed = rule.allowHosts !== undefined && lists(rule.allowHosts, host);
  if (rule.allowHosts !== undefined && !isListed) return refused("The policy does not list the host");
  if (isIpLiteral(host)) {
    if (!rule.allowIpLiterals) return refused("The policy takes no IP addresses in place of names");
    return refusedAddress(host.startsWith("[") ? host.slice(1, -1) : host, rule.addresses);
  }
  if (isMetadataHost(host)) {
    return rule.addresses.allowMetadata ? undefined : { reason: "metadata", explanation: "It is a metadata service" };
  }
  const isNamed = isListed || lists(rule.allowReservedHosts, host);
  return isReservedHost(host) && !isNamed ? refused("The name is reserved, or has a single label") : undefined;
}

/** WHATWG URL section 3.5: a host whose last label is a number is an IPv4 address, or no host. */
function isIpLiteral(host: string): boolean {
  return isIpv6(host) || /(?:^|\.)[0-9]+$/.test(host);
}

function isIpv6(host: string): boolean {
  return host.startsWith("[");
}

function refused(explanation: string): FailureDetail {
  return { reason: "host", explanation };
}

function wrongScheme(scheme: string, { schemes }: UrlRule): UrlFetchError {
  return wrongUrl("scheme", `The scheme ${quote(scheme)} is not allowed; use ${[...schemes].join(" or ")}`);
}

function wrongUrl(reason: "url" | "scheme" | "port", message: string): UrlFetchError {
  return failure("INVALID_URL", message, { reason });
}
