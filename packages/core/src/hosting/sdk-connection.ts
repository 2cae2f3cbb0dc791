import type { Transport } from "@modelcontextprotocol/server";
import type { Principal } from "../protocol/principal.ts";
import type { HostedServer } from "./hosted-server.ts";

/** Options for {@link openSdkConnection}. */
export interface SdkConnectionOptions {
  readonly transport: Transport;
  readonly kind: "stdio" | "memory";
  readonly principal?: Principal;
  /** `subscriptions/listen` streams that the connection may hold open. */
  readonly maxSubscriptions?: number;
}

/** A connection that the SDK serves. */
export interface SdkConnection {
  /** Ends subscriptions, aborts calls in flight and closes the transport. */
  close(): Promise<void>;
}

/**
 * Serves one connection through the SDK's entry, which finds out the era from the first message. The SDK is imported
 * here and not at the top: it costs 75 ms, which a process that serves nothing must not pay.
 */
export async function openSdkConnection(
  server: HostedServer,
  { transport, kind, principal, maxSubscriptions }: SdkConnectionOptions,
): Promise<SdkConnection> {
  const { serveStdio } = await import("@modelcontextprotocol/server/stdio");
  return serveStdio(
    ({ era }) =>
      server.bind({ transport: kind, era, lifetime: "connection", ...(principal !== undefined && { principal }) }),
    {
      transport,
      legacy: "serve",
      onerror: (error) => server.log.warn("A message could not be served", { transport: kind, error }),
      ...(maxSubscriptions !== undefined && { maxSubscriptions }),
    },
  );
}
