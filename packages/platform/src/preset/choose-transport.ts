import { sourceOf } from "@plinth/config";
import type { ProductionConfig } from "./production-config.ts";

/**
 * How a server that was started with these settings is reached. `auto` is HTTP when a port was given, and at a terminal,
 * where nobody speaks MCP on standard input; otherwise stdio, the way clients spawn servers.
 */
export function chooseTransport(config: ProductionConfig): "stdio" | "http" {
  const { transport } = config.server;
  if (transport !== "auto") return transport;
  return process.stdin.isTTY || wasGiven(config, "http.port") ? "http" : "stdio";
}

/** Whether somebody set it. Settings that code has put together were all given. */
export function wasGiven(config: ProductionConfig, key: string): boolean {
  try {
    return sourceOf(config, key) !== "default";
  } catch {
    return true;
  }
}
