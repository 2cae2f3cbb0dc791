import { wrongOption } from "../errors/url-policy-error.ts";

/** Hosts by name: exact ones, and suffixes that begin with a dot. */
export interface HostList {
  readonly exact: ReadonlySet<string>;
  /** Each with its leading dot. */
  readonly suffixes: readonly string[];
}

/** Characters that would make an entry something else than a host, or a pattern. */
const notHost = /[\s/\\?#@%*|^<>()$+{}]/;

/**
 * Reads a list of hosts. Entries are canonicalised as the host of a URL is: lower case, IDNA, canonical IP literals.
 * @throws UrlPolicyError for what is no host, and for patterns, which lists do not have
 */
export function parseHosts(option: string, entries: readonly string[]): HostList {
  const exact = new Set<string>();
  const suffixes = new Set<string>();
  for (const entry of entries) {
    const isSuffix = entry.startsWith(".");
    const host = canonicalHost(isSuffix ? entry.slice(1) : entry);
    if (host === undefined) {
      throw wrongOption(
        `An entry of ${option}`,
        entry,
        'use a host such as "api.example.com" or a suffix ".example.com"',
      );
    }
    if (isSuffix) suffixes.add(`.${host}`);
    else exact.add(host);
  }
  return { exact, suffixes: [...suffixes] };
}

/** Whether the list names the host itself, or a suffix of it; `.example.com` stands for what is below `example.com`. */
export function lists({ exact, suffixes }: HostList, host: string): boolean {
  return exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length);
}

/** As {@link lists}, where `.example.com` is also `example.com` itself: what is meant to close must not leave a gap. */
export function covers(list: HostList, host: string): boolean {
  return (
    lists(list, host) || list.suffixes.some((suffix) => suffix.length === host.length + 1 && suffix.endsWith(host))
  );
}

/** A host name without its one trailing dot: with it, it is the same name (RFC 1034 section 3.1). */
export function withoutTrailingDot(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}

function canonicalHost(entry: string): string | undefined {
  const bracketed = entry.includes(":") && !entry.startsWith("[") ? `[${entry}]` : entry;
  if (notHost.test(bracketed)) return undefined;
  const url = URL.parse(`http://${bracketed}/`);
  if (url === null || url.port !== "") return undefined;
  const host = withoutTrailingDot(url.hostname);
  return host === "" || host.startsWith(".") || host.includes("..") ? undefined : host;
}
