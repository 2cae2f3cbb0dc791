import type { RequestId, RpcNotification, RpcRequest, RpcResponse } from "../../protocol/json-rpc.ts";

/** A message that came in: JSON-RPC 2.0 as MCP narrows it, its shape checked. */
export type InboundMessage = RpcRequest | RpcNotification | RpcResponse;

/**
 * The way out of a connection: an ordered channel that carries whole messages, each as JSON text. What is sent once the
 * peer is gone goes nowhere; whoever owns the channel hears of that and closes the connection.
 */
export interface Channel {
  /** Sends a notification or a request of ours. Resolves when it is out; rejects when it cannot get out any more. */
  send(message: string): Promise<void>;
  /** Sends the one response to a request. */
  answer(id: RequestId, response: string): void;
}
