import { PassThrough } from "node:stream";
import { StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import type { AnyPlinthServer, Era, TransportKind } from "@plinth/core";
import { describe } from "vitest";
import type { ConnectClientOptions } from "./connect-client.ts";
import { StreamTransport } from "./stream-transport.ts";
import { createTestClient, wrapClient, type TestClient } from "./test-client.ts";

/** One combination of transport and era. */
export interface MatrixCell {
  readonly transport: TransportKind;
  readonly era: Era;
  /** Connects a client to the server over this cell's transport, in this cell's era. */
  connect(server: AnyPlinthServer, options?: Omit<ConnectClientOptions, "era">): Promise<TestClient>;
}

/** Options for {@link runMatrix}. */
export interface MatrixOptions {
  /** @default all three */
  readonly transports?: readonly TransportKind[];
  /** @default both */
  readonly eras?: readonly Era[];
}

/**
 * Runs the same tests over every transport and era: in memory, stdio framing, HTTP on loopback; 2025-11-25 and
 * 2026-07-28. What is promised everywhere is written once. Call it where you would call `describe`.
 */
export function runMatrix(
  title: string,
  tests: (cell: MatrixCell) => void,
  { transports = ["memory", "stdio", "http"], eras = ["legacy", "modern"] }: MatrixOptions = {},
): void {
  for (const transport of transports) {
    for (const era of eras) {
      describe(`${title} (${transport}, ${era})`, () =>
        tests({
          transport,
          era,
          connect: (server, options = {}) => connectors[transport](server, { ...options, era }),
        }));
    }
  }
}

type Connector = (server: AnyPlinthServer, options: ConnectClientOptions) => Promise<TestClient>;

const connectors: Readonly<Record<TransportKind, Connector>> = {
  memory: (server, options) => createTestClient(server, options),
  async stdio(server, options) {
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    const host = await server.serveStdio({ input: toServer, output: toClient });
    return connectTo(host, new StreamTransport({ input: toClient, output: toServer }), options);
  },
  async http(server, options) {
    const host = await server.listen({ port: 0 });
    return connectTo(host, new StreamableHTTPClientTransport(new URL(host.url)), options);
  },
};

/** The host is the client's own: it closes after the client, or at once when the client cannot connect. */
async function connectTo(
  host: { close(): Promise<void> },
  transport: Transport,
  options: ConnectClientOptions,
): Promise<TestClient> {
  try {
    return await wrapClient(transport, { ...options, afterClose: () => host.close() });
  } catch (error) {
    await host.close();
    throw error;
  }
}
