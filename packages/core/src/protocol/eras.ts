import type { ClientCapabilities, Implementation } from "@modelcontextprotocol/server";

/** `modern` is MCP 2026-07-28 (stateless, no handshake); `legacy` is 2025-11-25 and before. */
export type Era = "modern" | "legacy";

/** The bytes' way in. */
export type TransportKind = "http" | "stdio" | "memory";

/** The protocol revision of the modern era that Plinth serves. */
export const MODERN_PROTOCOL_VERSION = "2026-07-28";

/** Who is connected, as far as the client told: name and version, and what it can do. Unverified. */
export interface ClientInfo {
  readonly info: Implementation | undefined;
  readonly capabilities: ClientCapabilities | undefined;
}
