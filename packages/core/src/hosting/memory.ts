import type { Transport } from "@modelcontextprotocol/server";
import { assertPrincipal, type Principal } from "../protocol/principal.ts";
import type { HostedServer } from "./hosted-server.ts";
import { openSdkConnection } from "./sdk-connection.ts";
import type { HostStats } from "./server-stats.ts";

/** Options for {@link connectMemory}. */
export interface MemoryOptions {
  /** Who calls: there is no edge that could verify it. */
  readonly principal?: Principal;
}

/** A connection in this process. */
export interface MemoryHost {
  /** Resolves when the connection has ended, from either side. */
  readonly closed: Promise<void>;
  /** Ends the connection and aborts its calls; the server's services go on. */
  close(): Promise<void>;
  /** What it holds open now; its subscriptions are not counted. */
  stats(): HostStats;
}

/**
 * Serves one connection of either era over any SDK transport, for example one end of
 * `InMemoryTransport.createLinkedPair()`.
 * @throws KitError `UNAVAILABLE` when a service fails to start
 */
export async function connectMemory(
  server: HostedServer,
  transport: Transport,
  { principal }: MemoryOptions = {},
): Promise<MemoryHost> {
  assertPrincipal(principal);
  await server.start();
  const connection = await openSdkConnection(server, {
    transport,
    kind: "memory",
    ...(principal !== undefined && { principal }),
  });
  const closed = Promise.withResolvers<void>();
  const { onclose } = transport;
  transport.onclose = () => {
    onclose?.();
    closed.resolve();
  };
  const close = (): Promise<void> => connection.close().finally(closed.resolve);
  return { closed: closed.promise, close, stats: () => ({ connections: 1, sessions: 0, subscriptions: 0 }) };
}
