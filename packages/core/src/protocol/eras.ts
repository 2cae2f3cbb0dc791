import type { ClientCapabilities, Implementation } from "@modelcontextprotocol/server";

/** `modern` is MCP 2026-07-28 (stateless, no handshake); `legacy` is 2025-11-25 and before. */
export type Era = "modern" | "legacy";

/** The bytes' way in. */
export type TransportKind = "http" | "stdio" | "memory";

/** The protocol revision of the modern era that Plinth serves. */
export const MODERN_PROTOCOL_VERSION = "2026-07-28";

/** The revisions of the legacy era that Plinth serves, the newest first. */
export const LEGACY_PROTOCOL_VERSIONS: readonly string[] = [
  "2025-11-25",
  "2025-06-18",
  "2025-03-26",
  "2024-11-05",
  "2024-10-07",
];

/** What a legacy HTTP request without `MCP-Protocol-Version` counts as (MCP 2025-11-25, transports, version header). */
export const ASSUMED_PROTOCOL_VERSION = "2025-03-26";

/** Who is connected, as far as the client told: name and version, and what it can do. Unverified. */
export interface ClientInfo {
  readonly info: Implementation | undefined;
  readonly capabilities: ClientCapabilities | undefined;
}
