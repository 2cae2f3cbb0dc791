/**
 * The SDK lane: requests that the official SDK has decoded end in `dispatch`, and its results go back the same way. The
 * SDK keeps the wire of both eras (envelopes, handshake, streams); nothing of a definition lives in an SDK server, so
 * making one per HTTP request costs no registration and no schema conversion.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  DEFAULT_NEGOTIATED_PROTOCOL_VERSION,
  ProtocolError,
  ProtocolErrorCode,
  Server as SdkServer,
  type ClientCapabilities,
  type Implementation,
  type JSONRPCRequest,
  type Result,
  type ServerCapabilities,
  type ServerContext,
  type StandardSchemaV1,
} from "@modelcontextprotocol/server";
import { logError } from "../context/logger.ts";
import { nextRequestId } from "../context/request-id.ts";
import { toError } from "../errors/to-error.ts";
import { toKitError } from "../errors/to-kit-error.ts";
import { toWireError } from "../errors/wire-error.ts";
import type { ChangeEvent } from "../hosting/change-events.ts";
import type { BindOptions } from "../hosting/hosted-server.ts";
import type { Outcome } from "../pipeline/dispatch.ts";
import { checkResult } from "../protocol/check-result.ts";
import { MODERN_PROTOCOL_VERSION } from "../protocol/eras.ts";
import type { ClientRequest, Incoming } from "../protocol/incoming.ts";
import { reaches } from "../protocol/log-level.ts";
import type { BindingSource } from "./binding-source.ts";
import { FollowedResources } from "./followed-resources.ts";

/** Lets everything through: `dispatch` checks parameters itself, with better words. */
const anything: StandardSchemaV1<Record<string, unknown>> = {
  "~standard": { version: 1, vendor: "plinth", validate: (value) => ({ value: value as Record<string, unknown> }) },
};

/**
 * What the SDK serves itself. Only bad parameters make these fail, and the SDK would answer them with a validator's
 * dump.
 */
const sdkMethods: ReadonlySet<string> = new Set(["initialize", "logging/setLevel", "ping"]);

/** A thin SDK server for one exchange or one connection. */
export class BoundServer extends SdkServer {
  readonly #source: BindingSource;
  readonly #options: BindOptions;
  readonly #followed = new FollowedResources();
  #unsubscribe: (() => void) | undefined;

  constructor(source: BindingSource, options: BindOptions) {
    const { capabilities, methods } = source.offer();
    super(source.info, {
      capabilities: capabilitiesFor(capabilities, options),
      ...(source.instructions !== undefined && { instructions: source.instructions }),
    });
    this.#source = source;
    this.#options = options;
    for (const method of methods) {
      if (method === "server/discover") continue;
      this.setRequestHandler(method, { params: anything }, (params, ctx) => this.#serve(method, params, ctx));
    }
    if (options.lifetime === "connection") this.#followChanges();
  }

  /**
   * The SDK installs its own `server/discover` per modern exchange; ours goes through the pipeline like every other
   * method.
   */
  protected override _wrapHandler(
    method: string,
    handler: (request: JSONRPCRequest, ctx: ServerContext) => Promise<Result>,
  ): (request: JSONRPCRequest, ctx: ServerContext) => Promise<Result> {
    if (method === "server/discover") return (request, ctx) => this.#serve(method, request.params ?? {}, ctx);
    if (!sdkMethods.has(method)) return handler;
    return async (request, ctx) => {
      try {
        return await handler(request, ctx);
      } catch (error) {
        if (error instanceof ProtocolError) throw error;
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Invalid params for ${method}`);
      }
    };
  }

  protected override _onclose(): void {
    this.#unsubscribe?.();
    super._onclose();
  }

  async #serve(method: string, sent: Record<string, unknown>, ctx: ServerContext): Promise<Record<string, unknown>> {
    const { _meta: _, ...params } = sent;
    const outcome = this.#checked(method, await this.#source.dispatch(this.#toIncoming(method, params, ctx)));
    if ("result" in outcome) return outcome.result;
    this.#options.onError?.(outcome.error);
    throw new ProtocolError(outcome.error.code, outcome.error.message, outcome.error.data);
  }

  /** What the SDK would not recognise as a result, it would never send. */
  #checked(method: string, outcome: Outcome): Outcome {
    if ("error" in outcome) return outcome;
    try {
      checkResult(this.#options.era, method, outcome.result);
      return outcome;
    } catch (thrown) {
      const error = toKitError(thrown);
      const requestId = nextRequestId();
      logError(() => this.#source.log, "A result could not be sent", { requestId, error });
      return { error: toWireError(error, requestId) };
    }
  }

  #toIncoming(method: string, params: Record<string, unknown>, ctx: ServerContext): Incoming {
    const { mcpReq } = ctx;
    const envelope = mcpReq.envelope as Record<string, unknown> | undefined;
    const { era, transport, lifetime, originOf } = this.#options;
    const { principal, http } = originOf?.(ctx.http?.req) ?? this.#options;
    const requestState: unknown = mcpReq.requestState();
    return {
      method,
      params,
      messageId: mcpReq.id,
      era,
      protocolVersion: era === "modern" ? MODERN_PROTOCOL_VERSION : this.#legacyVersion(),
      transport,
      client: {
        info: (envelope?.[CLIENT_INFO_META_KEY] as Implementation | undefined) ?? this.getClientVersion(),
        capabilities:
          (envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined) ?? this.getClientCapabilities(),
      },
      principal,
      sessionId: ctx.sessionId,
      meta: mcpReq._meta ?? {},
      signal: mcpReq.signal,
      inputResponses: mcpReq.inputResponses,
      requestState: requestState as string | undefined,
      notify: (name, body) => mcpReq.notify({ method: name, params: body }),
      clientLog: async (level, data, logger) => {
        // A level that is none would pass the SDK's filter, and its client would not understand it.
        if (reaches(level, "debug")) await mcpReq.log(level, data, logger);
      },
      requestClient: era === "legacy" && lifetime === "connection" ? this.#clientRequest(ctx) : undefined,
      closeStream: ctx.http?.closeSSE,
      http,
    };
  }

  #legacyVersion(): string {
    const header = this.#options.http?.headers.get("mcp-protocol-version");
    return this.getNegotiatedProtocolVersion() ?? header ?? DEFAULT_NEGOTIATED_PROTOCOL_VERSION;
  }

  #clientRequest({ mcpReq }: ServerContext): ClientRequest {
    const timeout = this.#source.inputTimeoutMs;
    return (method, params, signal) => mcpReq.send({ method, params }, { signal, timeout });
  }

  /**
   * Lists and resources that change reach the client unasked (legacy) or through its `subscriptions/listen` (modern).
   */
  #followChanges(): void {
    if (this.#options.era === "legacy" && this.getCapabilities().resources !== undefined) {
      this.setRequestHandler("resources/subscribe", { params: anything }, ({ uri }) =>
        orProtocolError(() => this.#followed.follow(uri)),
      );
      this.setRequestHandler("resources/unsubscribe", { params: anything }, ({ uri }) =>
        orProtocolError(() => this.#followed.unfollow(uri)),
      );
    }
    this.#unsubscribe = this.#source.changes.subscribe((event) => void this.#tellChange(event));
  }

  async #tellChange(event: ChangeEvent): Promise<void> {
    if (this.transport === undefined) return;
    try {
      if (event.kind === "tools_list_changed") await this.sendToolListChanged();
      else if (event.kind === "prompts_list_changed") await this.sendPromptListChanged();
      else if (event.kind === "resources_list_changed") await this.sendResourceListChanged();
      else if (this.#options.era === "modern" || this.#followed.has(event.uri)) {
        await this.sendResourceUpdated({ uri: event.uri });
      }
    } catch (error) {
      this.onerror?.(toError(error));
    }
  }
}

/** A legacy exchange of one request has nobody to notify, so it must not promise to. */
function capabilitiesFor(capabilities: ServerCapabilities, { era, lifetime }: BindOptions): ServerCapabilities {
  if (era === "modern" || lifetime === "connection" || capabilities.resources === undefined) return capabilities;
  return { ...capabilities, resources: { ...capabilities.resources, subscribe: false } };
}

/** For what the SDK serves without `dispatch`: its errors are numbers and not our codes. */
function orProtocolError(work: () => void): Record<string, never> {
  try {
    work();
    return {};
  } catch (thrown) {
    const { code, message, data } = toWireError(toKitError(thrown), nextRequestId());
    throw new ProtocolError(code, message, data);
  }
}
