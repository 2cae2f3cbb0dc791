import type { Transport } from "@modelcontextprotocol/server";
import type { Principal } from "../context/principal.ts";
import type { HostedServer } from "./hosted-server.ts";
import { openSdkConnection } from "./stdio/sdk-connection.ts";

/** Options for {@link connectMemory}. */
export interface MemoryOptions {
  /** Who calls: there is no edge that could verify it. */
  readonly principal?: Principal;
}

/** A connection in this process. */
export interface MemoryHost {
  /** Ends the connection and aborts its calls; the server's services go on. */
  close(): Promise<void>;
}

/**
 * Serves one connection of either era over any SDK transport, for example one end of `InMemoryTransport.createLinkedPair()`.
 * @throws KitError `UNAVAILABLE` when a service fails to start
 */
export async function connectMemory(
  server: HostedServer,
  transport: Transport,
  { principal }: MemoryOptions = {},
): Promise<MemoryHost> {
  await server.start();
  return openSdkConnection(server, { transport, kind: "memory", ...(principal !== undefined && { principal }) });
}
