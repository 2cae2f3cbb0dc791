import type { KitError } from "../../errors/kit-error.ts";
import type { WireError } from "../../errors/wire-error.ts";
import { createModernEncoder } from "../../protocol/encode-result.ts";
import { MODERN_PROTOCOL_VERSION, type ClientInfo } from "../../protocol/eras.ts";
import type { RpcNotification, RpcRequest } from "../../protocol/json-rpc.ts";
import { errorMessage } from "../../protocol/messages.ts";
import { modernRefusal } from "../../protocol/modern-refusal.ts";
import { existsIn, methodNotFound } from "../../protocol/served-methods.ts";
import type { InboundMessage } from "./channel.ts";
import { ConnectionCall } from "./connection-call.ts";
import type { ConnectionOptions, EraConnection } from "./era-connection.ts";
import { isModernInitialize, lateHandshakeRefusal } from "./opening.ts";
import { RunningCalls } from "./running-calls.ts";
import { Subscriptions } from "./subscriptions.ts";

/** Subscriptions that a client may hold open. @default of the official SDK */
const defaultMaxSubscriptions = 1_024;

/** Each request says who calls; nothing is remembered from one to the next. */
const nobody: ClientInfo = { info: undefined, capabilities: undefined };

/** A connection of MCP 2026-07-28: requests that stand for themselves, and subscriptions. */
export class ModernConnection implements EraConnection {
  readonly #options: ConnectionOptions;
  readonly #methods: ReadonlySet<string>;
  readonly #calls: RunningCalls;
  readonly #subscriptions: Subscriptions;
  readonly #unsubscribe: () => void;

  constructor(options: ConnectionOptions) {
    const { server, channel, maxSubscriptions: limit = defaultMaxSubscriptions } = options;
    const { capabilities, methods } = server.offer();
    this.#options = options;
    this.#methods = new Set(methods.filter((method) => existsIn("modern", method)));
    this.#calls = new RunningCalls({ server, channel, encode: createModernEncoder(server.info) });
    this.#subscriptions = new Subscriptions({ channel, capabilities, serverInfo: server.info, limit });
    this.#unsubscribe = server.changes.subscribe((event) => this.#subscriptions.publish(event));
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  receive(message: InboundMessage): void {
    if (!("method" in message)) this.#options.onStray("a response, but this era asks nothing");
    else if ("id" in message) this.#serve(message);
    else this.#hear(message);
  }

  settled(): Promise<void> {
    return this.#calls.settled();
  }

  close(reason: KitError): void {
    this.#unsubscribe();
    this.#subscriptions.end();
    this.#calls.abortAll(reason);
  }

  #serve(request: RpcRequest): void {
    const isListen = request.method === "subscriptions/listen";
    const refused = this.#refusal(request, isListen);
    if (refused !== undefined) {
      this.#options.channel.answer(request.id, errorMessage(request.id, refused));
    } else if (isListen) {
      this.#subscriptions.listen(request);
    } else {
      const { channel, transport } = this.#options;
      this.#calls.begin(
        new ConnectionCall(request, {
          channel,
          era: "modern",
          transport,
          protocolVersion: MODERN_PROTOCOL_VERSION,
          client: nobody,
          leastLogLevel: undefined,
          requestClient: undefined,
        }),
      );
    }
  }

  /** A method that does not exist is told before what is wrong with the envelope, as the official SDK does. */
  #refusal(request: RpcRequest, isListen: boolean): WireError | undefined {
    if (request.method === "initialize" && !isModernInitialize(request)) return lateHandshakeRefusal(request.params);
    if (!isListen && !this.#methods.has(request.method)) return methodNotFound;
    return modernRefusal(request, undefined);
  }

  #hear({ method, params }: RpcNotification): void {
    if (method !== "notifications/cancelled") return;
    if (!this.#subscriptions.cancel(params?.["requestId"])) this.#calls.cancel(params);
  }
}
