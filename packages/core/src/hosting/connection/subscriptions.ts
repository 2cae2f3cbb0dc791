import type { Implementation, ServerCapabilities, SubscriptionFilter } from "@modelcontextprotocol/server";
import { errorCodes } from "../../errors/error-codes.ts";
import type { WireError } from "../../errors/wire-error.ts";
import { isRecord } from "../../json/is-record.ts";
import type { RequestId, RpcRequest } from "../../protocol/json-rpc.ts";
import { errorMessage, notificationMessage, resultMessage } from "../../protocol/messages.ts";
import { metaKeys } from "../../protocol/meta-keys.ts";
import type { ChangeEvent } from "../change-events.ts";
import { toChangeNotification } from "./change-notification.ts";
import type { Channel } from "./channel.ts";

/** Options for {@link Subscriptions}. */
export interface SubscriptionsOptions {
  readonly channel: Channel;
  /** What the server told this client. */
  readonly capabilities: ServerCapabilities;
  readonly serverInfo: Implementation;
  /** How many may be open at once. */
  readonly limit: number;
}

/**
 * The `subscriptions/listen` requests that a modern connection holds open, each told apart by the id of its request (MCP
 * 2026-07-28, subscriptions).
 */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #open = new Map<RequestId, SubscriptionFilter>();

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Opens a subscription. Its first message says what it will carry, which may be less than was asked for. */
  listen({ id, params }: RpcRequest): void {
    const { channel, capabilities, limit } = this.#options;
    if (this.#open.size >= limit) {
      channel.answer(id, errorMessage(id, limitReached));
      return;
    }
    const filter = params?.["notifications"];
    if (!isFilter(filter)) {
      channel.answer(id, errorMessage(id, invalidFilter));
      return;
    }
    const notifications = honoured(filter, capabilities);
    this.#open.set(id, notifications);
    this.#send(id, "notifications/subscriptions/acknowledged", { notifications });
  }

  /** Ends the one that the client cancels; tells whether there was one. */
  cancel(id: unknown): boolean {
    return this.#open.delete(id as RequestId);
  }

  /** Tells a change to those that asked for it, and to nobody else. */
  publish(event: ChangeEvent): void {
    const notification = toChangeNotification(event, this.#options.capabilities);
    if (notification === undefined) return;
    for (const [id, filter] of this.#open) {
      if (accepts(filter, event)) this.#send(id, notification.method, notification.params);
    }
  }

  /** Ends all of them with their result, by which a client tells an orderly end from a broken connection. */
  end(): void {
    const { channel, serverInfo } = this.#options;
    for (const id of this.#open.keys()) {
      const _meta = { [metaKeys.subscriptionId]: id, [metaKeys.serverInfo]: serverInfo };
      channel.answer(id, resultMessage(id, JSON.stringify({ resultType: "complete", _meta })));
    }
    this.#open.clear();
  }

  #send(id: RequestId, method: string, params?: Readonly<Record<string, unknown>>): void {
    const stamped = notificationMessage(method, { ...params, _meta: { [metaKeys.subscriptionId]: id } });
    // The connection closes when nobody reads any more.
    this.#options.channel.send(stamped).catch(() => undefined);
  }
}

const limitReached: WireError = { code: errorCodes.INTERNAL.rpc, message: "Subscription limit reached" };

const invalidFilter: WireError = {
  code: errorCodes.INVALID_PARAMS.rpc,
  message: "Invalid params: 'notifications' is required and must be a valid SubscriptionFilter",
};

/** MCP 2026-07-28, schema, `SubscriptionFilter`. */
function isFilter(value: unknown): value is SubscriptionFilter {
  if (!isRecord(value)) return false;
  const { toolsListChanged, promptsListChanged, resourcesListChanged, resourceSubscriptions: uris } = value;
  return (
    [toolsListChanged, promptsListChanged, resourcesListChanged].every(isOptionalBoolean) &&
    (uris === undefined || (Array.isArray(uris) && uris.every((uri) => typeof uri === "string")))
  );
}

function isOptionalBoolean(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

/** What was asked for and the server can do. */
function honoured(filter: SubscriptionFilter, { tools, prompts, resources }: ServerCapabilities): SubscriptionFilter {
  const uris = filter.resourceSubscriptions ?? [];
  return {
    ...(filter.toolsListChanged && tools?.listChanged && { toolsListChanged: true }),
    ...(filter.promptsListChanged && prompts?.listChanged && { promptsListChanged: true }),
    ...(filter.resourcesListChanged && resources?.listChanged && { resourcesListChanged: true }),
    ...(uris.length > 0 && resources?.subscribe && { resourceSubscriptions: [...uris] }),
  };
}

function accepts(filter: SubscriptionFilter, event: ChangeEvent): boolean {
  switch (event.kind) {
    case "tools_list_changed":
      return filter.toolsListChanged === true;
    case "prompts_list_changed":
      return filter.promptsListChanged === true;
    case "resources_list_changed":
      return filter.resourcesListChanged === true;
    case "resource_updated":
      return filter.resourceSubscriptions?.includes(event.uri) === true;
  }
}
