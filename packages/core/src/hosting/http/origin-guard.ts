import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { KitError } from "../../errors/kit-error.ts";
import { refusal, type Refusal } from "./refusal.ts";

/** Which `Host` and `Origin` headers a host answers to; `any` checks nothing. */
export interface AllowedSources {
  readonly hosts: ReadonlySet<string> | "any";
  readonly origins: ReadonlySet<string> | "any";
  /** Whether pages served from this machine may call, on any port. */
  readonly loopbackOrigins: boolean;
}

/** The names by which a machine calls itself, as they stand in a `Host` header. */
export const loopbackHosts: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** RFC 9110 section 7.2, `uri-host [":" port]`: a name, an IPv4 address or an IPv6 one in brackets. */
const hostSyntax = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?)(?::([0-9]{1,5}))?$/;

/** Headers that mean different things to different readers when sent twice. */
const singleHeaders = new Set(["host", "origin", "authorization", "content-type", "content-length", "last-event-id"]);

/** Whether an address is reachable from this machine alone. */
export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** Checks and normalises entries of `allowedHosts`. @throws KitError `MISUSE` quoting an entry that is no host. */
export function toHostSet(entries: readonly string[]): ReadonlySet<string> {
  for (const entry of entries) {
    if (!hostSyntax.test(entry.toLowerCase())) {
      throw misuse(
        `allowedHosts: ${JSON.stringify(entry)} is not a host; write a name like "mcp.example.com", ` +
          "with or without a port",
      );
    }
  }
  return new Set(entries.map((entry) => entry.toLowerCase()));
}

/** Checks and normalises origins. @throws KitError `MISUSE` quoting an entry that is no origin. */
export function toOriginSet(option: string, entries: readonly string[]): ReadonlySet<string> {
  for (const entry of entries) {
    if (!URL.canParse(entry) || new URL(entry).origin !== entry.toLowerCase()) {
      throw misuse(
        `${option}: ${JSON.stringify(entry)} is not an origin; write scheme and host like "https://app.example.com"`,
      );
    }
  }
  return new Set(entries.map((entry) => entry.toLowerCase()));
}

/** Why a request is refused for where it comes from, or `undefined`. */
export type SourceCheck = (request: IncomingMessage) => Refusal | undefined;

/**
 * Makes the check that refuses requests which another site's page could have caused, before anything of them is used
 * (MCP, transports, security: DNS rebinding). A malformed or doubled header is 400, a host or an origin that is not
 * allowed 403.
 */
export function createSourceCheck(allowed: AllowedSources): SourceCheck {
  // Nearly every request names the same host as the one before.
  let lastGoodHost: string | undefined;

  return function checkSource({ url, headers, rawHeaders }) {
    const doubled = doubledHeader(rawHeaders, headers);
    if (doubled !== undefined) return refusal(400, `The ${doubled} header was sent twice`);
    if (url?.startsWith("/") !== true && url !== "*") return refusal(400, "The request target must be a path");
    const { host, origin } = headers;
    if (host === undefined || host !== lastGoodHost) {
      const refused = checkHost(host ?? "", allowed);
      if (refused !== undefined) return refused;
      lastGoodHost = host;
    }
    if (origin !== undefined && !isAllowedOrigin(origin, allowed)) {
      return refusal(403, "This origin is not allowed here");
    }
    return undefined;
  };
}

function checkHost(host: string, { hosts }: AllowedSources): Refusal | undefined {
  const [, name, port] = hostSyntax.exec(host.toLowerCase()) ?? [];
  if (name === undefined || Number(port ?? 0) > 65_535 || !isIpv6OrName(name)) {
    return refusal(400, "The Host header is missing or malformed");
  }
  if (hosts !== "any" && !hosts.has(name) && !hosts.has(`${name}:${port}`)) {
    return refusal(403, "This host name is not allowed here");
  }
  return undefined;
}

function isAllowedOrigin(origin: string, { origins, loopbackOrigins }: AllowedSources): boolean {
  if (origins === "any" || origins.has(origin.toLowerCase())) return true;
  return loopbackOrigins && /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/i.test(origin);
}

function isIpv6OrName(name: string): boolean {
  return !name.startsWith("[") || URL.canParse(`http://${name}/`);
}

/**
 * Every MCP header is a single one too: a proxy that reads the first and a server that reads the last must not
 * disagree.
 */
function doubledHeader(raw: readonly string[], parsed: IncomingHttpHeaders): string | undefined {
  if (2 * Object.keys(parsed).length === raw.length) return undefined;
  const seen = new Set<string>();
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    if (!singleHeaders.has(name) && !name.startsWith("mcp-")) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function misuse(message: string): KitError {
  return new KitError("MISUSE", message);
}
