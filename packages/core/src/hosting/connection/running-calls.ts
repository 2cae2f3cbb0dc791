import type { KitError } from "../../errors/kit-error.ts";
import type { Outcome } from "../../pipeline/dispatch.ts";
import { readCancellation } from "../../protocol/cancellation.ts";
import { toText, type ResultEncoder } from "../../protocol/encode-result.ts";
import type { RawParams, RequestId } from "../../protocol/json-rpc.ts";
import { errorMessage, resultMessage } from "../../protocol/messages.ts";
import { encodeOutcome } from "../encode-outcome.ts";
import type { HostedServer } from "../hosted-server.ts";
import type { Channel } from "./channel.ts";
import type { ConnectionCall } from "./connection-call.ts";

/** Options for {@link RunningCalls}. */
export interface RunningCallsOptions {
  readonly server: Pick<HostedServer, "dispatch" | "log">;
  readonly channel: Channel;
  readonly encode: ResultEncoder;
}

/** The calls of one connection, from `dispatch` to the answer or the cancellation. */
export class RunningCalls {
  readonly #options: RunningCallsOptions;
  /** By JSON-RPC id. A client that reuses one in flight gets two answers, and can cancel only the later call. */
  readonly #running = new Map<RequestId, ConnectionCall>();
  /** The earlier ones of reused ids, which end with the connection all the same. */
  readonly #shadowed = new Set<ConnectionCall>();
  #settled: (() => void)[] = [];

  constructor(options: RunningCallsOptions) {
    this.#options = options;
  }

  /** Serves one call, and answers it unless it is aborted. */
  begin(call: ConnectionCall): void {
    const earlier = this.#running.get(call.messageId);
    if (earlier !== undefined) this.#shadowed.add(earlier);
    this.#running.set(call.messageId, call);
    void this.#options.server.dispatch(call).then((outcome) => {
      if (this.#running.get(call.messageId) === call) this.#forget(call.messageId);
      else this.#shadowed.delete(call);
      // A cancelled call gets no answer (MCP, cancellation).
      if (!call.isAborted) this.#options.channel.answer(call.messageId, this.#toResponse(call, outcome));
    });
  }

  /** `notifications/cancelled`. One that is malformed, or too late, changes nothing (MCP, cancellation). */
  cancel(params: RawParams | undefined): void {
    const cancelled = readCancellation(params);
    const call = cancelled && this.#running.get(cancelled.requestId);
    if (call === undefined) return;
    this.#forget(call.messageId);
    call.abort(cancelled?.reason);
  }

  /** The connection is over: nobody waits for an answer any more. */
  abortAll(reason: KitError): void {
    const calls = [...this.#running.values(), ...this.#shadowed];
    this.#shadowed.clear();
    for (const { messageId } of calls) this.#forget(messageId);
    for (const call of calls) call.abort(reason);
  }

  /** Resolves when every call has its answer, or needs none. */
  settled(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#settled.push(resolve);
    return promise;
  }

  #forget(id: RequestId): void {
    this.#running.delete(id);
    if (this.#running.size > 0) return;
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  #toResponse({ method, messageId }: ConnectionCall, outcome: Outcome): string {
    const { encode, server } = this.#options;
    const encoded = encodeOutcome(outcome, { method, encode, log: server.log });
    if ("error" in encoded) return errorMessage(messageId, encoded.error);
    return resultMessage(messageId, toText(encoded.result));
  }
}
