import type { LoggingLevel, ServerCapabilities } from "@modelcontextprotocol/server";
import { FollowedResources } from "../../binding/followed-resources.ts";
import { nextRequestId } from "../../context/request-id.ts";
import { errorCodes } from "../../errors/error-codes.ts";
import type { KitError } from "../../errors/kit-error.ts";
import { toKitError } from "../../errors/to-kit-error.ts";
import { toWireError, type WireError } from "../../errors/wire-error.ts";
import { encodeLegacyResult } from "../../protocol/encode-result.ts";
import { ASSUMED_PROTOCOL_VERSION } from "../../protocol/eras.ts";
import type { RawParams, RequestId, RpcRequest } from "../../protocol/json-rpc.ts";
import { loggingLevels } from "../../protocol/log-level.ts";
import { errorMessage, notificationMessage, resultMessage } from "../../protocol/messages.ts";
import { existsIn, methodNotFound } from "../../protocol/served-methods.ts";
import type { ChangeEvent } from "../change-events.ts";
import { toChangeNotification } from "./change-notification.ts";
import type { InboundMessage } from "./channel.ts";
import { ClientRequests } from "./client-requests.ts";
import { ConnectionCall } from "./connection-call.ts";
import type { ConnectionOptions, EraConnection } from "./era-connection.ts";
import { handshakeResult, readHandshake, type Handshake } from "./handshake.ts";
import { RunningCalls } from "./running-calls.ts";

/**
 * A connection of MCP 2025-11-25 and before: a handshake that holds for all that follows, questions in both directions,
 * and changes that are told unasked. As lenient as the official SDK: a client that does not shake hands is served, too.
 */
export class LegacyConnection implements EraConnection {
  readonly #options: ConnectionOptions;
  readonly #capabilities: ServerCapabilities;
  readonly #methods: ReadonlySet<string>;
  readonly #calls: RunningCalls;
  readonly #questions: ClientRequests;
  readonly #followed = new FollowedResources();
  readonly #unsubscribe: () => void;
  #handshake: Handshake = {
    protocolVersion: ASSUMED_PROTOCOL_VERSION,
    client: { info: undefined, capabilities: undefined },
  };
  #leastLogLevel: LoggingLevel = "debug";
  /** This era has none. */
  readonly subscriptions: number = 0;

  constructor(options: ConnectionOptions) {
    const { server, channel } = options;
    const { capabilities, methods } = server.offer();
    this.#options = options;
    this.#capabilities = capabilities;
    this.#methods = new Set(methods.filter((method) => existsIn("legacy", method)));
    this.#calls = new RunningCalls({ server, channel, encode: encodeLegacyResult });
    this.#questions = new ClientRequests(channel);
    this.#unsubscribe = server.changes.subscribe((event) => this.#tellChange(event));
  }

  receive(message: InboundMessage): void {
    if (!("method" in message)) {
      if (!this.#questions.settle(message)) this.#options.onStray("a response that no request waits for");
    } else if ("id" in message) {
      this.#serve(message);
    } else if (message.method === "notifications/cancelled") {
      this.#calls.cancel(message.params);
    }
  }

  settled(): Promise<void> {
    return this.#calls.settled();
  }

  close(reason: KitError): void {
    this.#unsubscribe();
    this.#questions.rejectAll(reason);
    this.#calls.abortAll(reason);
  }

  #serve(request: RpcRequest): void {
    const { id, method, params } = request;
    switch (method) {
      case "initialize":
        this.#shakeHands(id, params);
        return;
      case "ping":
        this.#succeed(id, "{}");
        return;
      case "logging/setLevel":
        this.#setLogLevel(id, params);
        return;
      case "resources/subscribe":
        this.#follow(id, () => this.#followed.follow(params?.["uri"]));
        return;
      case "resources/unsubscribe":
        this.#follow(id, () => this.#followed.unfollow(params?.["uri"]));
        return;
      default:
        if (this.#methods.has(method)) this.#calls.begin(this.#toCall(request));
        else this.#fail(id, methodNotFound);
    }
  }

  #toCall(request: RpcRequest): ConnectionCall {
    const { channel, transport } = this.#options;
    return new ConnectionCall(request, {
      channel,
      era: "legacy",
      transport,
      protocolVersion: this.#handshake.protocolVersion,
      client: this.#handshake.client,
      leastLogLevel: this.#leastWanted,
      requestClient: this.#questions.ask,
    });
  }

  readonly #leastWanted = (): LoggingLevel => this.#leastLogLevel;

  #shakeHands(id: RequestId, params: RawParams | undefined): void {
    const handshake = readHandshake(params);
    if (handshake === undefined) {
      this.#fail(id, invalidParams("initialize"));
      return;
    }
    this.#handshake = handshake;
    this.#succeed(id, handshakeResult(handshake.protocolVersion, this.#capabilities, this.#options.server));
  }

  #setLogLevel(id: RequestId, params: RawParams | undefined): void {
    const level = loggingLevels.find((known) => known === params?.["level"]);
    if (level === undefined) {
      this.#fail(id, invalidParams("logging/setLevel"));
      return;
    }
    this.#leastLogLevel = level;
    this.#succeed(id, "{}");
  }

  #follow(id: RequestId, change: () => void): void {
    if (this.#capabilities.resources === undefined) {
      this.#fail(id, methodNotFound);
      return;
    }
    try {
      change();
      this.#succeed(id, "{}");
    } catch (thrown) {
      this.#fail(id, toWireError(toKitError(thrown), nextRequestId()));
    }
  }

  #tellChange(event: ChangeEvent): void {
    if (event.kind === "resource_updated" && !this.#followed.has(event.uri)) return;
    const notification = toChangeNotification(event, this.#capabilities);
    if (notification === undefined) return;
    // The connection closes when nobody reads any more.
    this.#options.channel.send(notificationMessage(notification.method, notification.params)).catch(() => undefined);
  }

  #succeed(id: RequestId, result: string): void {
    this.#options.channel.answer(id, resultMessage(id, result));
  }

  #fail(id: RequestId, error: WireError): void {
    this.#options.channel.answer(id, errorMessage(id, error));
  }
}

function invalidParams(method: string): WireError {
  return { code: errorCodes.INVALID_PARAMS.rpc, message: `Invalid params for ${method}` };
}
