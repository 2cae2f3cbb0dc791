import { logError, type Logger } from "../../context/logger.ts";
import { KitError } from "../../errors/kit-error.ts";
import { toKitError } from "../../errors/to-kit-error.ts";
import { assertPrincipal } from "../../protocol/principal.ts";
import { applyCors } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import type { HttpRoute, ResolvedHttpOptions } from "./http-options.ts";
import { parseJsonBody } from "./json-body.ts";
import type { Lane } from "./lane.ts";
import { checkSource } from "./origin-guard.ts";
import { declaredLength, readBody } from "./read-body.ts";
import { refusal, toRefusal, type Refusal } from "./refusal.ts";
import { toWebRequest } from "./web-request.ts";

/** Bytes of a refused body that are cheaper to take in than a new connection is to make. */
const worthReading = 64 * 1024;

/** What {@link createExchangeServer} needs. */
export interface ExchangeServerOptions {
  readonly options: ResolvedHttpOptions;
  readonly log: Logger;
  readonly lanes: readonly Lane[];
  readonly healthRoutes: (exchange: Exchange, trusted: boolean) => Promise<boolean>;
  /** Whether the services have started and the lanes are not closed yet. */
  readonly serving: () => boolean;
}

/**
 * The way of every HTTP request: sources are checked first, then health, CORS, own routes, and on the MCP path method,
 * authentication, media type, size and JSON, in that order; what passes goes to a lane. Nothing of a body is read
 * before its sender is known. The returned function never rejects.
 */
export function createExchangeServer(parts: ExchangeServerOptions): (exchange: Exchange) => Promise<void> {
  const { options, log, lanes, healthRoutes, serving } = parts;
  const routes = new Map(options.routes.map((route) => [`${route.method} ${route.path}`, route]));
  const methodsByPath = toMethodsByPath(options);

  async function serve(exchange: Exchange): Promise<void> {
    const refused = checkSource(exchange.request, options.allowed);
    if (await healthRoutes(exchange, refused === undefined)) return;
    if (refused !== undefined) {
      refuseUnread(exchange, refused);
      return;
    }
    const methods = methodsByPath.get(exchange.path);
    if (methods === undefined) {
      refuseUnread(exchange, refusal(404, "There is nothing at this path"));
      return;
    }
    if (options.cors && applyCors(exchange, options.cors, methods)) return;
    if (!methods.includes(exchange.method)) {
      refuseUnread(exchange, refusal(405, `Use ${methods.join(" or ")}`, { headers: { allow: methods.join(", ") } }));
    } else if (exchange.path === options.path) await serveMcp(exchange);
    else await serveRoute(exchange);
  }

  async function serveMcp(exchange: Exchange): Promise<void> {
    if (!serving()) throw new KitError("UNAVAILABLE", "The server is not ready", { retryAfterSeconds: 1 });
    const principal = await options.authenticate?.(exchange.http);
    assertPrincipal(principal);
    exchange.principal = principal;
    if (exchange.method === "POST" && !(await takeBody(exchange))) return;
    for (const lane of lanes) {
      const handled = lane.handle(exchange);
      if (handled === false) continue;
      await handled;
      return;
    }
  }

  /** Reads and parses the body; answers and tells `false` if there is nothing to go on with. */
  async function takeBody(exchange: Exchange): Promise<boolean> {
    const { headers } = exchange.request;
    const encoding = headers["content-encoding"] ?? "identity";
    if (!/^application\/json\s*(?:;|$)/i.test(headers["content-type"] ?? "") || encoding !== "identity") {
      refuseUnread(exchange, refusal(415, "The body must be application/json, not encoded"));
      return false;
    }
    const bytes = await takeBytes(exchange);
    if (bytes === undefined) return false;
    const parsed = parseJsonBody(bytes);
    if (parsed.ok) exchange.body = parsed.value;
    else exchange.refuse(parsed.refusal);
    return parsed.ok;
  }

  async function takeBytes(exchange: Exchange): Promise<Buffer | undefined> {
    if ((declaredLength(exchange.request) ?? 0) <= options.maxBodyBytes) askToContinue(exchange);
    const bytes = await readBody(exchange.request, options.maxBodyBytes);
    if (bytes === "too-large") {
      refuseUnread(exchange, refusal(413, `The body is larger than ${options.maxBodyBytes} bytes`));
    }
    return typeof bytes === "string" ? undefined : bytes;
  }

  async function serveRoute(exchange: Exchange): Promise<void> {
    const { method, path } = exchange;
    const route = (routes.get(`${method} ${path}`) ?? routes.get(`GET ${path}`)) as HttpRoute;
    const hasBody = method !== "GET" && method !== "HEAD";
    const bytes = hasBody ? await takeBytes(exchange) : undefined;
    if (hasBody && bytes === undefined) return;
    const request = toWebRequest(exchange, bytes);
    if (request === undefined) exchange.refuse(refusal(400, "The request target is not a URL"));
    else await exchange.respond(await route.handle(request));
  }

  return async function serveExchange(exchange) {
    try {
      await serve(exchange);
      if (!exchange.answered) throw new KitError("INTERNAL", "No answer was given");
    } catch (thrown) {
      answerError(exchange, toKitError(thrown), log);
    }
  };
}

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
function refuseUnread(exchange: Exchange, refused: Refusal): void {
  const { request } = exchange;
  if (request.complete || (declaredLength(request) ?? Infinity) <= worthReading) exchange.refuse(refused);
  else exchange.refuseAndClose(refused);
}

/** Sends `100 Continue` to a client that waits for it before it sends its body (RFC 9110 section 10.1.1). */
function askToContinue({ request, response }: Exchange): void {
  if (request.headers.expect?.toLowerCase() === "100-continue" && !response.headersSent) response.writeContinue();
}
