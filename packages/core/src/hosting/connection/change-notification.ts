import type { ServerCapabilities } from "@modelcontextprotocol/server";
import type { ChangeEvent } from "../change-events.ts";

/** A change as it stands on the wire. */
export interface ChangeNotification {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/**
 * The notification of a change, or `undefined` for one of a kind that the client was not told of: capabilities are told
 * once (MCP, capability negotiation).
 */
export function toChangeNotification(
  event: ChangeEvent,
  capabilities: ServerCapabilities,
): ChangeNotification | undefined {
  switch (event.kind) {
    case "tools_list_changed":
      return capabilities.tools && { method: "notifications/tools/list_changed" };
    case "prompts_list_changed":
      return capabilities.prompts && { method: "notifications/prompts/list_changed" };
    case "resources_list_changed":
      return capabilities.resources && { method: "notifications/resources/list_changed" };
    case "resource_updated":
      return capabilities.resources && { method: "notifications/resources/updated", params: { uri: event.uri } };
  }
}
