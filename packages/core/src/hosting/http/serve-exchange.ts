import { logError, type Logger } from "../../context/logger.ts";
import { isThenable } from "../../definitions/awaitable.ts";
import { KitError } from "../../errors/kit-error.ts";
import { toKitError } from "../../errors/to-kit-error.ts";
import { assertPrincipal } from "../../protocol/principal.ts";
import { applyCors } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import { isHealthPath } from "./health-routes.ts";
import type { HttpRoute, ResolvedHttpOptions } from "./http-options.ts";
import { parseJsonBody } from "./json-body.ts";
import type { Lane } from "./lane.ts";
import { mcpPathTest } from "./mcp-path.ts";
import { createSourceCheck } from "./origin-guard.ts";
import { declaredLength, readBody, type ReadBody } from "./read-body.ts";
import { refusal, toRefusal, type Refusal } from "./refusal.ts";
import { toWebRequest } from "./web-request.ts";

type Authenticate = NonNullable<ResolvedHttpOptions["authenticate"]>;

/** Bytes of a refused body that are cheaper to take in than a new connection is to make. */
const worthReading = 64 * 1024;

/** What {@link createExchangeServer} needs. */
export interface ExchangeServerOptions {
  readonly options: ResolvedHttpOptions;
  readonly log: Logger;
  readonly lanes: readonly Lane[];
  /** Answers on the health paths. */
  readonly serveHealth: (exchange: Exchange, trusted: boolean) => Promise<void>;
  /** Whether the services have started and the lanes are not closed yet. */
  readonly serving: () => boolean;
}

/**
 * The way of every HTTP request: sources are checked first, then health, CORS, own routes, and on the MCP path method,
 * authentication, media type, size and JSON, in that order; what passes goes to a lane. Nothing of a body is read
 * before its sender is known. The returned function never rejects.
 *
 * Written with few asynchronous steps: each costs a call some 2 % of what a bare server needs for it.
 */
export function createExchangeServer(parts: ExchangeServerOptions): (exchange: Exchange) => Promise<void> {
  const { options, log, lanes, serveHealth, serving } = parts;
  const checkSource = createSourceCheck(options.allowed);
  const routes = new Map(options.routes.map((route) => [`${route.method} ${route.path}`, route]));
  const methodsByPath = toMethodsByPath(options);
  const isMcpPath = mcpPathTest(options.path);

  /** Where a request goes; `undefined` when it has been answered here. */
  function route(exchange: Exchange): ((exchange: Exchange) => Promise<void>) | undefined {
    const { method, path } = exchange;
    const refused = checkSource(exchange.request);
    if (isHealthPath(path)) return () => serveHealth(exchange, refused === undefined);
    if (refused !== undefined) return refuseUnread(exchange, refused);
    const isMcp = isMcpPath(path);
    const methods = methodsByPath.get(isMcp ? options.path : path);
    if (methods === undefined) return refuseUnread(exchange, refusal(404, "There is nothing at this path"));
    if (options.cors && applyCors(exchange, options.cors, methods)) return undefined;
    if (!methods.includes(method)) {
      const allow = methods.join(", ");
      return refuseUnread(exchange, refusal(405, `Use ${methods.join(" or ")}`, { headers: { allow } }));
    }
    return isMcp ? serveMcp : serveRoute;
  }

  async function serveMcp(exchange: Exchange): Promise<void> {
    if (!serving()) throw new KitError("UNAVAILABLE", "The server is not ready", { retryAfterSeconds: 1 });
    if (options.authenticate !== undefined) {
      const authenticating = authenticate(exchange, options.authenticate);
      if (authenticating !== undefined) await authenticating;
    }
    if (exchange.method === "POST") {
      if (!isPlainJson(exchange)) return;
      const bytes = await takeBytes(exchange);
      if (!takeMessage(exchange, bytes)) return;
    }
    for (const lane of lanes) {
      const handled = lane.handle(exchange);
      if (handled === false) continue;
      await handled;
      return;
    }
  }

  /** Finds out who calls: at once, where that is remembered from an earlier request. */
  function authenticate(exchange: Exchange, findPrincipal: Authenticate): Promise<void> | undefined {
    const found: unknown = findPrincipal(exchange.http);
    if (isThenable(found)) return Promise.resolve(found).then((principal) => settle(exchange, principal));
    settle(exchange, found);
    return undefined;
  }

  function settle(exchange: Exchange, principal: unknown): void {
    assertPrincipal(principal);
    exchange.principal = principal;
  }

  /** Reads the body, up to the limit. */
  function takeBytes(exchange: Exchange): Promise<ReadBody> {
    const { request } = exchange;
    if (request.headers.expect !== undefined && (declaredLength(request) ?? 0) <= options.maxBodyBytes) {
      askToContinue(exchange);
    }
    return readBody(request, options.maxBodyBytes);
  }

  function refuseTooLarge(exchange: Exchange): undefined {
    return refuseUnread(exchange, refusal(413, `The body is larger than ${options.maxBodyBytes} bytes`));
  }

  /** Parses the body of a message; answers and tells `false` if there is nothing to go on with. */
  function takeMessage(exchange: Exchange, bytes: ReadBody): boolean {
    if (typeof bytes === "string") {
      if (bytes === "too-large") refuseTooLarge(exchange);
      return false;
    }
    const parsed = parseJsonBody(bytes);
    if (parsed.ok) exchange.body = parsed.value;
    else exchange.refuse(parsed.refusal);
    return parsed.ok;
  }

  async function serveRoute(exchange: Exchange): Promise<void> {
    const { method, path } = exchange;
    const route = (routes.get(`${method} ${path}`) ?? routes.get(`GET ${path}`)) as HttpRoute;
    if (route.authenticated === true && options.authenticate !== undefined) {
      await authenticate(exchange, options.authenticate);
      if (exchange.principal === undefined) throw new KitError("UNAUTHENTICATED", "Authentication is needed here");
    }
    const bytes = method === "GET" || method === "HEAD" ? undefined : await takeBytes(exchange);
    if (bytes === "aborted") return;
    if (bytes === "too-large") {
      refuseTooLarge(exchange);
      return;
    }
    const request = toWebRequest(exchange, bytes);
    if (request === undefined) exchange.refuse(refusal(400, "The request target is not a URL"));
    else await exchange.respond(await route.handle(request));
  }

  return async function serveExchange(exchange) {
    try {
      await route(exchange)?.(exchange);
      if (!exchange.answered) throw new KitError("INTERNAL", "No answer was given");
    } catch (thrown) {
      answerError(exchange, toKitError(thrown), log);
    }
  };
}

/** Refuses what is no JSON, or encoded, and tells so. */
function isPlainJson(exchange: Exchange): boolean {
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = exchange.request.headers;
  if ((type === "application/json" || jsonType.test(type)) && encoding === "identity") return true;
  refuseUnread(exchange, refusal(415, "The body must be application/json, not encoded"));
  return false;
}

/**
 * RFC 9110 section 8.3.1, with any parameters. No comma outside quotes: two values that a proxy joined are no one type.
 */
const jsonType = /^application\/json\s*(?:;(?:[^",]|"(?:[^"\\]|\\.)*")*)?$/i;

/** What may be asked for at each path. */
function toMethodsByPath({ path, legacy, routes }: ResolvedHttpOptions): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>();
  methods.set(path, legacy === "sessions" ? ["POST", "GET", "DELETE"] : ["POST"]);
  for (const route of routes) {
    const added = route.method === "GET" ? ["GET", "HEAD"] : [route.method];
    methods.set(route.path, [...(methods.get(route.path) ?? []), ...added]);
  }
  return methods;
}

/** Answers with an error, and logs those that the client does not see. */
function answerError(exchange: Exchange, error: KitError, log: Logger): void {
  const { requestId, method, path } = exchange;
  if (!error.expose && !exchange.signal.aborted) {
    logError(() => log, "An HTTP request failed", { requestId, method, path, error });
  }
  if (exchange.answered) exchange.response.destroy();
  else refuseUnread(exchange, toRefusal(error, requestId));
}

/**
 * Refuses a request whose body may still be on its way. A large or endless one is not taken in: the refusal goes out,
 * the client gets a moment to read it, and the connection is closed.
 */
function refuseUnread(exchange: Exchange, refused: Refusal): undefined {
  const { request } = exchange;
  if (request.complete || (declaredLength(request) ?? Infinity) <= worthReading) exchange.refuse(refused);
  else exchange.refuseAndClose(refused);
}

/** Sends `100 Continue` to a client that waits for it before it sends its body (RFC 9110 section 10.1.1). */
function askToContinue({ request, response }: Exchange): void {
  if (request.headers.expect?.toLowerCase() === "100-continue" && !response.headersSent) response.writeContinue();
}
