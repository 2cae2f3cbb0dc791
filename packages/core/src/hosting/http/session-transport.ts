import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  WebStandardStreamableHTTPServerTransport,
  type JSONRPCMessage,
  type MessageExtraInfo,
  type RequestId,
  type TransportSendOptions,
} from "@modelcontextprotocol/server";
import { errorCodes } from "../../errors/error-codes.ts";
import { toError } from "../../errors/to-error.ts";

/** The SDK's session transport, which also knows which requests it still owes an answer. */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
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
   * The SDK never answers a cancelled request, so its stream would stay open for as long as the session lives. An error
   * ends it; clients ignore an answer to what they cancelled (MCP 2025-11-25, cancellation).
   */
  #endCancelled(requestId: unknown): void {
    if (typeof requestId !== "string" && typeof requestId !== "number") return;
    if (!this.unanswered.has(requestId)) return;
    const error = { code: errorCodes.CANCELLED.rpc, message: "The request was cancelled" };
    this.send({ jsonrpc: "2.0", id: requestId, error }).catch((thrown: unknown) => this.onerror?.(toError(thrown)));
  }
}
