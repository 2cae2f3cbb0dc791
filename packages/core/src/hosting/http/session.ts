import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  WebStandardStreamableHTTPServerTransport,
  type JSONRPCMessage,
  type MessageExtraInfo,
  type RequestId,
  type Server as SdkServer,
  type TransportSendOptions,
  type WebStandardStreamableHTTPServerTransportOptions,
} from "@modelcontextprotocol/server";
import { errorCodes } from "../../errors/error-codes.ts";
import type { Principal } from "../../protocol/principal.ts";

/** The SDK's session transport, which also knows which requests it still owes an answer. */
class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  readonly unanswered: Set<RequestId> = new Set();

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    await super.send(
      message,
      options?.relatedRequestId === undefined ? {} : { relatedRequestId: options.relatedRequestId },
    );
    if ((isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) && message.id !== undefined) {
      this.unanswered.delete(message.id);
    }
  }

  /** Takes part in each message on its way in. Call it after `connect`, which sets `onmessage`. */
  watch(): void {
    const deliver = this.onmessage;
    this.onmessage = (message: JSONRPCMessage, extra?: MessageExtraInfo): void => {
      if (isJSONRPCRequest(message)) this.unanswered.add(message.id);
      deliver?.(message, extra);
      if (isJSONRPCNotification(message) && message.method === "notifications/cancelled") {
        this.#endCancelled(message.params?.["requestId"]);
      }
    };
  }

  /**
   * The SDK never answers a cancelled request, so its stream would stay open for as long as the session lives. An error ends it;
   * clients ignore an answer to what they cancelled (MCP 2025-11-25, cancellation).
   */
  #endCancelled(requestId: unknown): void {
    if (typeof requestId !== "string" && typeof requestId !== "number") return;
    if (!this.unanswered.has(requestId)) return;
    const error = { code: errorCodes.CANCELLED.rpc, message: "The request was cancelled" };
    this.send({ jsonrpc: "2.0", id: requestId, error }).catch((thrown: unknown) => this.onerror?.(thrown as Error));
  }
}

/** One legacy client's session: its transport, its SDK server, and whether it is in use. */
export class Session {
  readonly transport: SessionTransport;
  readonly server: SdkServer;
  readonly #principal: Principal | undefined;
  #openExchanges = 0;
  #lastUsed: number = performance.now();

  private constructor(transport: SessionTransport, server: SdkServer, principal: Principal | undefined) {
    this.transport = transport;
    this.server = server;
    this.#principal = principal;
  }

  /** A session that becomes known by its id once the client's `initialize` is found good. */
  static async create(
    server: SdkServer,
    principal: Principal | undefined,
    options: WebStandardStreamableHTTPServerTransportOptions,
  ): Promise<Session> {
    const transport = new SessionTransport(options);
    await server.connect(transport);
    transport.watch();
    return new Session(transport, server, principal);
  }

  /** Whether this caller opened it. Nobody else learns that it exists. */
  belongsTo(principal: Principal | undefined): boolean {
    return principal?.id === this.#principal?.id && principal?.tenant === this.#principal?.tenant;
  }

  /** Whether a call runs, also one whose client is not connected just now, or a stream is open. */
  get busy(): boolean {
    return this.#openExchanges > 0 || this.transport.unanswered.size > 0;
  }

  /** When it was last used; for a busy one that is now. */
  get lastUsed(): number {
    return this.busy ? performance.now() : this.#lastUsed;
  }

  /** Marks it used until the returned function is called. */
  use(): () => void {
    this.#openExchanges += 1;
    return () => {
      this.#openExchanges -= 1;
      this.#lastUsed = performance.now();
    };
  }

  /** Ends its streams and aborts its calls. */
  async close(): Promise<void> {
    await this.transport.close();
    await this.server.close();
  }
}
