import type { Awaitable } from "../../definitions/awaitable.ts";
import { assertOneOf } from "../../errors/assert-one-of.ts";
import { assertWholeNumber, longestTimerMs } from "../../errors/assert-whole-number.ts";
import { KitError } from "../../errors/kit-error.ts";
import type { HttpRequestInfo } from "../../protocol/incoming.ts";
import type { Principal } from "../../protocol/principal.ts";
import { laneNames, type LaneName } from "../lane-name.ts";
import { resolveCompression, type Compression, type CompressionOptions } from "./compression.ts";
import { isHealthPath } from "./health-routes.ts";
import { mcpPathProblem, mcpPathTest, pathProblem } from "./mcp-path.ts";
import { isLoopback, loopbackHosts, toHostSet, toOriginSet, type AllowedSources } from "./origin-guard.ts";

/** A path of your own next to the MCP one, for example OAuth metadata. */
export interface HttpRoute {
  /** `GET` answers `HEAD` too. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Compared as it stands, without the query. */
  readonly path: string;
  /**
   * Answers. The body is read before, up to `maxBodyBytes`. **Security:** everyone may call it unless `authenticated`;
   * Host and Origin are checked.
   */
  readonly handle: (request: Request) => Awaitable<Response>;
  /** Lets through only whom `authenticate` knows; needs that option. @default false */
  readonly authenticated?: boolean;
}

/** Certificate and key, PEM. */
export interface TlsOptions {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Speaks HTTP/2 with clients that can; the others get HTTP/1.1 either way. @default true */
  readonly http2?: boolean;
}

/** Bounds on the sessions of legacy clients. Each open one costs memory. */
export interface SessionOptions {
  /** Milliseconds a session may go unused; calls that run and streams that are open are use. @default 1_800_000 */
  readonly idleMs?: number;
  /** Sessions at once. One more ends the longest idle one, or is refused with 503 if none is idle. @default 1_000 */
  readonly max?: number;
  /**
   * Sessions at once of one authenticated principal; one more ends its longest idle one or is refused with 429.
   * @default 100
   */
  readonly maxPerPrincipal?: number;
  /** Messages a session keeps for clients that resume a broken stream; the oldest go first. @default 500 */
  readonly maxEvents?: number;
  /** Bytes of such messages. All sessions together may hold `max` times this. @default 1_048_576 */
  readonly maxEventBytes?: number;
  /** Milliseconds after which a client with a broken stream should come back (`retry:`). @default 1_000 */
  readonly retryMs?: number;
}

/** Options for {@link listenHttp}. */
export interface HttpOptions {
  /** TCP port; 0 takes a free one. @default 3000 */
  readonly port?: number;
  /**
   * Address to listen on. **Security:** any but a loopback one is reachable from other machines and needs
   * `allowedHosts`.
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * Where MCP is served. A segment in braces stands for any name, as in `/tenants/{tenant}/mcp`; middleware finds it in
   * `context.http.url`. @default "/mcp"
   */
  readonly path?: string;
  /** Serves HTTPS, in HTTP/2 where the client can. @default plain HTTP/1.1 */
  readonly tls?: TlsOptions;
  /**
   * `Host` headers to answer to, with or without a port. **Security:** this is what stops DNS rebinding; `any` is for a
   * proxy in front that checks. @default the loopback names, on a loopback address
   */
  readonly allowedHosts?: readonly string[] | "any";
  /**
   * Origins whose pages may send requests; requests without `Origin` do not come from pages. **Security:** `any` lets
   * every page that a user visits call this server. @default pages of this machine, on a loopback address; else those
   * of `cors`
   */
  readonly allowedOrigins?: readonly string[] | "any";
  /** Origins whose pages may read answers too. @default none */
  readonly cors?: readonly string[];
  /** Bytes of a request's body; more is 413 and never read. @default 4_194_304 */
  readonly maxBodyBytes?: number;
  /** Bytes of a request's headers; more is 431. @default 16_384 */
  readonly maxHeaderBytes?: number;
  /** Milliseconds in which a request's headers must arrive. @default 10_000 */
  readonly headersTimeoutMs?: number;
  /** Milliseconds in which a whole request must arrive; an answer may take any time. @default 30_000 */
  readonly requestTimeoutMs?: number;
  /** Milliseconds an idle connection stays open; more than that of a load balancer in front. @default 65_000 */
  readonly keepAliveTimeoutMs?: number;
  /** Milliseconds a client may take nothing of its answer before it is cut off. @default 60_000 */
  readonly sendTimeoutMs?: number;
  /**
   * Compresses large answers for clients that accept it. **Security:** the length of a compressed answer tells
   * something of its content. Pass `false` where one answer holds a secret and text that an attacker chose (BREACH).
   * @default as {@link CompressionOptions} says
   */
  readonly compression?: CompressionOptions | false;
  /** Open connections; more are dropped. @default 10_000 */
  readonly maxConnections?: number;
  /** Paths of your own. @default none */
  readonly routes?: readonly HttpRoute[];
  /**
   * Tells who sends a request on the MCP path, of either era and any method. Throw `KitError` `UNAUTHENTICATED` (401;
   * its `data.wwwAuthenticate` becomes the challenge) or `FORBIDDEN` (403). **Security:** without it everyone may call.
   */
  readonly authenticate?: (request: HttpRequestInfo) => Awaitable<Principal | undefined>;
  /**
   * Clients of 2025-11-25 and before: `sessions` opens one at `initialize` and serves requests without one alone,
   * `stateless` serves every request alone, `off` refuses. @default "sessions", with several workers "stateless"
   */
  readonly legacy?: "sessions" | "stateless" | "off";
  readonly sessions?: SessionOptions;
  /**
   * `direct` serves requests that need nothing but themselves without the official SDK, many times faster, and all else
   * with it; `sdk` serves everything with it. Both answer alike; this is for comparison. @default "direct"
   */
  readonly lane?: LaneName;
  /** Milliseconds that `close()` lets calls finish in. @default 10_000 */
  readonly drainMs?: number;
  /** Milliseconds between comments that keep an event stream alive through proxies; 0 sends none. @default 15_000 */
  readonly sseKeepAliveMs?: number;
  /** Open `subscriptions/listen` streams. @default 1_024 */
  readonly maxSubscriptions?: number;
}

/** {@link HttpOptions} with every default filled in and every value checked. */
export interface ResolvedHttpOptions extends Required<
  Omit<HttpOptions, "tls" | "authenticate" | "allowedHosts" | "allowedOrigins" | "cors" | "sessions" | "compression">
> {
  readonly compression: Compression | undefined;
  readonly tls: TlsOptions | undefined;
  readonly authenticate: HttpOptions["authenticate"];
  readonly allowed: AllowedSources;
  readonly cors: ReadonlySet<string> | undefined;
  readonly sessions: Required<SessionOptions>;
}

/** Fills in defaults. @throws KitError `MISUSE` quoting a value that cannot be, or naming one that is missing. */
export function resolveHttpOptions(options: HttpOptions): ResolvedHttpOptions {
  const { allowedHosts: _hosts, allowedOrigins: _origins, ...rest } = options;
  const { tls, authenticate, cors, sessions, compression, ...given } = rest;
  const resolved: ResolvedHttpOptions = {
    port: 3000,
    host: "127.0.0.1",
    path: "/mcp",
    maxBodyBytes: 4 * 1024 * 1024,
    maxHeaderBytes: 16 * 1024,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    keepAliveTimeoutMs: 65_000,
    sendTimeoutMs: 60_000,
    maxConnections: 10_000,
    routes: [],
    legacy: "sessions",
    lane: "direct",
    drainMs: 10_000,
    sseKeepAliveMs: 15_000,
    maxSubscriptions: 1_024,
    ...withoutUndefined(given),
    tls,
    authenticate,
    compression: resolveCompression(compression),
    allowed: toAllowedSources(options),
    cors: cors === undefined ? undefined : toOriginSet("cors", cors),
    sessions: {
      idleMs: 30 * 60_000,
      max: 1_000,
      maxPerPrincipal: 100,
      maxEvents: 500,
      maxEventBytes: 1024 * 1024,
      retryMs: 1_000,
      ...withoutUndefined(sessions ?? {}),
    },
  };
  assertOneOf("legacy", resolved.legacy, ["sessions", "stateless", "off"]);
  assertOneOf("lane", resolved.lane, laneNames);
  assertNumbers(resolved);
  assertPaths(resolved);
  return resolved;
}

function toAllowedSources({
  host = "127.0.0.1",
  allowedHosts,
  allowedOrigins,
  cors = [],
}: HttpOptions): AllowedSources {
  const loopback = isLoopback(host);
  if (!loopback && allowedHosts === undefined) {
    throw new KitError(
      "MISUSE",
      `host ${JSON.stringify(host)} can be reached from other machines, so allowedHosts is needed: list the names ` +
        `that clients use, such as ["mcp.example.com"], or pass "any" if a proxy in front checks the Host header`,
    );
  }
  const hosts = allowedHosts ?? (host.startsWith("127.") ? [...loopbackHosts, host] : loopbackHosts);
  const corsOrigins = toOriginSet("cors", cors);
  return {
    hosts: hosts === "any" ? "any" : toHostSet(hosts),
    origins:
      allowedOrigins === "any"
        ? "any"
        : new Set([...toOriginSet("allowedOrigins", allowedOrigins ?? []), ...corsOrigins]),
    loopbackOrigins: loopback && allowedOrigins === undefined,
  };
}

function assertNumbers(resolved: ResolvedHttpOptions): void {
  const mayBeZero = new Set(["port", "drainMs", "sseKeepAliveMs", "retryMs"]);
  for (const [name, value] of [...Object.entries(resolved), ...Object.entries(resolved.sessions)]) {
    if (typeof value !== "number") continue;
    const least = mayBeZero.has(name) ? 0 : 1;
    assertWholeNumber(name, value, { least, ...(name.endsWith("Ms") && { most: longestTimerMs }) });
  }
  assertWholeNumber("port", resolved.port, { most: 65_535 });
}

function assertPaths({ path, routes, authenticate }: ResolvedHttpOptions): void {
  const taken = new Set<string>();
  const isMcpPath = mcpPathTest(path);
  for (const route of [{ method: "MCP", path }, ...routes]) {
    const key = `${route.method} ${route.path}`;
    const problem = route.method === "MCP" ? mcpPathProblem(route.path) : pathProblem(route.path);
    if (problem !== undefined) throw new KitError("MISUSE", `path ${JSON.stringify(route.path)} ${problem}`);
    if (taken.has(key) || (route.method !== "MCP" && isMcpPath(route.path)) || isHealthPath(route.path)) {
      throw new KitError("MISUSE", `${key} is served already; choose another path`);
    }
    if ("authenticated" in route && route.authenticated && authenticate === undefined) {
      throw new KitError("MISUSE", `${key} is for authenticated callers alone, so the option "authenticate" is needed`);
    }
    taken.add(key);
  }
}

/** An option given as `undefined` means its default, as everywhere in JavaScript. */
function withoutUndefined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
