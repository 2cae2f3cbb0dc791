/**
 * The lane that can serve everything, through the official SDK: what the direct lane leaves (legacy sessions, handshakes,
 * `subscriptions/listen`, notifications, what is malformed), or, when it is chosen, all of both eras. It is loaded when
 * the first request needs it, because to import the SDK takes longer than the rest of a start.
 */
import {
  classifyInboundRequest,
  createMcpHandler,
  type JSONRPCRequest,
  type McpHttpHandler,
  type McpServerFactory,
} from "@modelcontextprotocol/server";
import { KitError } from "../../errors/kit-error.ts";
import { toKitError } from "../../errors/to-kit-error.ts";
import type { WireError } from "../../errors/wire-error.ts";
import { isRecord } from "../../json/is-record.ts";
import { modernRefusal, type StandardHeaders } from "../../protocol/modern-refusal.ts";
import { checkParameterHeaders } from "../../protocol/parameter-headers.ts";
import type { HostedServer } from "../hosted-server.ts";
import type { Exchange } from "./exchange.ts";
import type { ResolvedHttpOptions } from "./http-options.ts";
import type { Lane } from "./lane.ts";
import { headersFor, refusal, toRefusal } from "./refusal.ts";
import { Sessions } from "./sessions.ts";
import { toWebRequest } from "./web-request.ts";

/** The status of the SDK's empty answer for an exchange that was closed before it had one. */
const endedByClose = 499;

/** What an exchange leaves behind while the SDK serves it. */
interface Serving {
  readonly exchange: Exchange;
  /** The error that the answer carries. */
  wireError?: WireError;
  /** What went wrong in making the server. */
  crash?: unknown;
}

/** Makes the lane. */
export function createSdkLane(server: HostedServer, options: ResolvedHttpOptions): Lane {
  const serving = new WeakMap<Request, Serving>();
  const sessions = new Sessions(server, options);
  let draining = false;
  /** Open `subscriptions/listen` streams. */
  let listening = 0;

  const factory: McpServerFactory = async ({ era, requestInfo }) => {
    const current = requestInfo && serving.get(requestInfo);
    if (current === undefined) throw new KitError("INTERNAL", "The SDK asked for a server without its request");
    const { principal, http } = current.exchange;
    try {
      return await server.bind({
        transport: "http",
        era,
        lifetime: "exchange",
        http,
        ...(principal !== undefined && { principal }),
        onError: (error) => (current.wireError ??= error),
      });
    } catch (error) {
      current.crash = error;
      throw error;
    }
  };
  const makeHandler = (): McpHttpHandler =>
    createMcpHandler(factory, {
      legacy: options.legacy === "off" ? "reject" : "stateless",
      bus: server.changes,
      maxSubscriptions: options.maxSubscriptions,
      keepAliveMs: options.sseKeepAliveMs,
      onerror: (error) => server.log.debug("The SDK reported a problem with a request", { error }),
    });
  const calls = makeHandler();
  /**
   * A second one, because closing a handler ends its streams and its calls alike, and a drain must end streams alone.
   */
  const streams = makeHandler();

  async function serve(exchange: Exchange, request: Request): Promise<void> {
    const { method, body } = exchange;
    const { headers } = request;
    const route = classifyInboundRequest({
      httpMethod: method,
      ...optional("protocolVersionHeader", headers.get("mcp-protocol-version")),
      ...optional("mcpMethodHeader", headers.get("mcp-method")),
      ...optional("mcpNameHeader", headers.get("mcp-name")),
      ...(body !== undefined && { body }),
    });
    if (route.kind === "modern" && route.messageKind === "request") await serveModern(exchange, request, route.message);
    else if (route.kind === "legacy" && options.legacy === "sessions") await serveLegacy(exchange, request);
    else await serveAlone(calls, exchange, request);
  }

  async function serveModern(exchange: Exchange, request: Request, message: JSONRPCRequest): Promise<void> {
    if (message.method === "subscriptions/listen") {
      if (draining) throw shuttingDown();
      listening += 1;
      await serveAlone(streams, exchange, request).finally(() => (listening -= 1));
      return;
    }
    // After what the SDK checks itself, which comes first in the specification.
    const isCall = message.method === "tools/call" && modernRefusal(message, standardHeaders(request)) === undefined;
    const mismatch = isCall ? checkHeaders(message, request.headers) : undefined;
    if (mismatch !== undefined) exchange.refuse(toRefusal(mismatch, exchange.requestId));
    else await serveAlone(calls, exchange, request);
  }

  function checkHeaders({ params }: JSONRPCRequest, headers: Headers): KitError | undefined {
    const name = params?.["name"];
    const tool = typeof name === "string" ? server.catalog.tools.get(name) : undefined;
    return tool && checkParameterHeaders(tool.parameterHeaders, params?.["arguments"], headers);
  }

  async function serveLegacy(exchange: Exchange, request: Request): Promise<void> {
    const id = request.headers.get("mcp-session-id");
    const isInitialize = isRecord(exchange.body) && exchange.body["method"] === "initialize";
    if (draining && (isInitialize || exchange.method === "GET")) throw shuttingDown();
    if (id !== null) await sessions.serve(id, exchange, request);
    else if (isInitialize) await sessions.open(exchange, request);
    else if (exchange.method === "POST") await serveAlone(calls, exchange, request);
    else exchange.refuse(refusal(400, "The Mcp-Session-Id header is missing"));
  }

  /** Serves one request that needs nothing but itself. */
  async function serveAlone(handler: McpHttpHandler, exchange: Exchange, request: Request): Promise<void> {
    const current: Serving = { exchange };
    serving.set(request, current);
    const { body } = exchange;
    const response = await handler.fetch(request, body === undefined ? {} : { parsedBody: body });
    if (current.crash !== undefined) throw toKitError(current.crash);
    if (exchange.signal.aborted) await response.body?.cancel();
    else if (response.status === endedByClose) throw shuttingDown();
    else if (isJson(response)) await sendJson(response, current);
    else await exchange.respond(response);
  }

  /** An answer of one JSON body, with the status and headers that go with its error. */
  async function sendJson(response: Response, { exchange, wireError }: Serving): Promise<void> {
    const body = await response.text();
    const headers = Object.fromEntries(response.headers);
    const status = wireError?.httpStatus;
    const isOurs = status !== undefined && (response.status === 200 || response.status === status);
    if (isOurs && isErrorBody(body)) {
      exchange.send(status, body, { ...headers, ...headersFor(wireError as WireError) });
    } else {
      exchange.send(response.status, body, headers);
    }
  }

  return {
    async handle(exchange) {
      // Without its body: that was read and parsed once, and the SDK takes it as it is.
      const request = toWebRequest(exchange);
      if (request === undefined) {
        exchange.refuse(refusal(400, "The request target is not a URL"));
        return;
      }
      try {
        await serve(exchange, request);
      } catch (thrown) {
        const error = toKitError(thrown);
        if (!error.expose) throw thrown;
        exchange.refuse(toRefusal(error, exchange.requestId));
      }
    },
    drain() {
      draining = true;
      void streams.close();
      sessions.drain();
    },
    async close() {
      await Promise.all([calls.close(), streams.close(), sessions.close()]);
    },
    stats: () => ({ connections: 0, sessions: sessions.size, subscriptions: listening }),
  };
}

function shuttingDown(): KitError {
  return new KitError("UNAVAILABLE", "The server is shutting down", { retryAfterSeconds: 1 });
}

function isJson(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("application/json") === true;
}

function isErrorBody(body: string): boolean {
  return "error" in (JSON.parse(body) as object);
}

function standardHeaders({ headers }: Request): StandardHeaders {
  return {
    version: headers.get("mcp-protocol-version") ?? undefined,
    method: headers.get("mcp-method") ?? undefined,
    name: headers.get("mcp-name") ?? undefined,
  };
}

function optional<Key extends string>(key: Key, value: string | null): { readonly [K in Key]?: string } {
  return value === null ? {} : ({ [key]: value } as { readonly [K in Key]?: string });
}
