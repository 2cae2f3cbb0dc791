import type { ServerCapabilities } from "@modelcontextprotocol/server";
import type { Operation } from "../pipeline/operation.ts";
import { MODERN_PROTOCOL_VERSION } from "../protocol/eras.ts";

/** What `server/discover` tells about a server. */
export interface DiscoverOptions {
  readonly capabilities: () => ServerCapabilities;
  readonly instructions: string | undefined;
}

/** `server/discover` (MCP 2026-07-28, discovery). */
export function discover({ capabilities, instructions }: DiscoverOptions): Operation {
  return {
    method: "server/discover",
    run: async () => ({
      supportedVersions: [MODERN_PROTOCOL_VERSION],
      capabilities: capabilities(),
      ...(instructions !== undefined && { instructions }),
    }),
  };
}
