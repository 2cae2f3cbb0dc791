import { PassThrough } from "node:stream";
import { StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import type { AnyPlinthServer, Era, LaneName, TransportKind } from "@plinth/core";
import { describe } from "vitest";
import type { ConnectClientOptions } from "./connect-client.ts";
import { StreamTransport } from "./stream-transport.ts";
import { createTestClient, wrapClient, type TestClient } from "./test-client.ts";

/** One combination of transport, era and lane. */
export interface MatrixCell {
  readonly transport: TransportKind;
  readonly era: Era;
  readonly lane: LaneName;
  /** Connects a client to the server over this cell's transport, in this cell's era. */
  connect(server: AnyPlinthServer, options?: Omit<ConnectClientOptions, "era">): Promise<TestClient>;
}

/** Options for {@link runMatrix}. */
export interface MatrixOptions {
  /** @default all three */
  readonly transports?: readonly TransportKind[];
  /** @default both */
  readonly eras?: readonly Era[];
  /** Of stdio and HTTP; in memory it is always the SDK. @default `direct` alone, as servers have it */
  readonly lanes?: readonly LaneName[];
}

/**
 * Runs the same tests over every transport and era: in memory, stdio framing, HTTP on loopback; 2025-11-25 and
 * 2026-07-28. What is promised everywhere is written once. Call it where you would call `describe`.
 */
export function runMatrix(
  title: string,
  tests: (cell: MatrixCell) => void,
  { transports = ["memory", "stdio", "http"], eras = ["legacy", "modern"], lanes = ["direct"] }: MatrixOptions = {},
): void {
  for (const transport of transports) {
    for (const era of eras) {
      for (const lane of transport === "memory" ? (["sdk"] as const) : lanes) {
        const name = transport === "memory" || lanes.length === 1 ? transport : `${transport}, ${lane} lane`;
        describe(`${title} (${name}, ${era})`, () =>
          tests({
            transport,
            era,
            lane,
            connect: (server, options = {}) => connectors[transport](server, { ...options, era }, lane),
          }));
      }
    }
  }
}

type Connector = (server: AnyPlinthServer, options: ConnectClientOptions, lane: LaneName) => Promise<TestClient>;

const connectors: Readonly<Record<TransportKind, Connector>> = {
  memory: (server, options) => createTestClient(server, options),
  async stdio(server, options, lane) {
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    const host = await server.serveStdio({ input: toServer, output: toClient, lane });
    return connectTo(host, new StreamTransport({ input: toClient, output: toServer }), options);
  },
  async http(server, options, lane) {
    const host = await server.listen({ port: 0, lane });
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
