import {
  KitError,
  type HttpHost,
  type HttpOptions,
  type HttpRequestInfo,
  type LaneName,
  type PlinthServer,
  type Principal,
} from "@plinth/core";
import { createConformanceServer } from "../server.ts";
import { toLaneAnswer, type LaneAnswer } from "./lane-answer.ts";
import { createEmptyServer, createSampleServer, silent } from "./sample/sample-server.ts";
import { openWireClient, type WireClient } from "./wire-client.ts";
import type { WireRequest } from "./wire-request.ts";

/** The servers and options under which requests are compared. */
export type HostName = "sessions" | "stateless" | "off" | "authenticated" | "empty" | "pages" | "long" | "conformance";

/** What both lanes gave for one request. */
export interface LanePair {
  readonly direct: LaneAnswer;
  readonly sdk: LaneAnswer;
}

const sessionHeader = "Mcp-Session-Id";

/** As the value of `Mcp-Session-Id`: the id of a session that is open in the lane that the request goes to. */
export const openSession = "<session>";

/** Every host once per lane; both lanes of one name share one server, so that what one seals the other opens. */
export interface LaneHosts extends AsyncDisposable {
  /** Sends a request to both lanes. See {@link openSession}. */
  compare(host: HostName, request: WireRequest): Promise<LanePair>;
  /** Sends a request to one lane, and gives the answer as it came. */
  send(host: HostName, lane: LaneName, request: WireRequest): Promise<string>;
}

const bearers: ReadonlyMap<string, Principal> = new Map([
  ["Bearer ada", { id: "ada", scopes: ["read"], tenant: "north" }],
  ["Bearer alan", { id: "alan", scopes: [], claims: { role: "admin" } }],
]);

function authenticate({ headers }: HttpRequestInfo): Principal | undefined {
  const sent = headers.get("authorization");
  if (sent === "Bearer nobody") return undefined;
  if (sent === "Bearer banned") throw new KitError("FORBIDDEN", "Banned");
  if (sent === "Bearer broken") throw new Error("secret");
  const principal = bearers.get(sent ?? "");
  if (principal !== undefined) return principal;
  throw new KitError("UNAUTHENTICATED", "Who are you?", { data: { wwwAuthenticate: 'Bearer realm="lanes"' } });
}

const options: Readonly<Record<HostName, HttpOptions>> = {
  sessions: { legacy: "sessions", allowedHosts: "any" },
  stateless: { legacy: "stateless" },
  off: { legacy: "off" },
  authenticated: { legacy: "sessions", authenticate },
  empty: { legacy: "sessions" },
  long: { legacy: "stateless" },
  conformance: { legacy: "sessions" },
  pages: { legacy: "sessions", cors: ["https://app.example"], maxBodyBytes: 10_000 },
};

/** Starts every host. */
export async function openLaneHosts({ timeoutMs = 2_000 }: { readonly timeoutMs?: number } = {}): Promise<LaneHosts> {
  const stack = new AsyncDisposableStack();
  const sample = stack.use(createSampleServer());
  const others: Partial<Record<string, PlinthServer>> = {
    empty: stack.use(createEmptyServer()),
    // Lists on one page, long enough to be treated otherwise.
    long: stack.use(createSampleServer({ pageSize: 200 })),
    conformance: stack.use(createConformanceServer({ log: silent })),
  };
  const clients = new Map<string, Opened>();
  for (const [name, httpOptions] of Object.entries(options)) {
    for (const lane of ["direct", "sdk"] as const) {
      clients.set(
        `${name} ${lane}`,
        await openHost(stack, others[name] ?? sample, { ...httpOptions, lane, timeoutMs }),
      );
    }
  }

  function sendTo(name: HostName, lane: LaneName, request: WireRequest): ReturnType<WireClient["send"]> {
    const { client, session } = clients.get(`${name} ${lane}`) as Opened;
    const headers = request.headers.map(
      ([key, value]) => [key, key === sessionHeader && value === openSession ? session : value] as const,
    );
    return client.send({ ...request, headers });
  }

  return {
    async compare(name, request) {
      const [direct, sdk] = await Promise.all([sendTo(name, "direct", request), sendTo(name, "sdk", request)]);
      return { direct: toLaneAnswer(direct), sdk: toLaneAnswer(sdk) };
    },
    send: async (name, lane, request) => (await sendTo(name, lane, request)).body,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface Opened {
  readonly client: WireClient;
  /** The id of an open session, empty where there are none. */
  readonly session: string;
}

async function openHost(
  stack: AsyncDisposableStack,
  server: PlinthServer,
  { timeoutMs, ...httpOptions }: HttpOptions & { readonly timeoutMs: number },
): Promise<Opened> {
  const host: HttpHost = await server.listen({ ...httpOptions, port: 0, drainMs: 0 });
  stack.use(host);
  const client = stack.use(openWireClient({ port: host.port, timeoutMs }));
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "corpus", version: "1" } };
  const { headers } = await client.send({
    method: "POST",
    target: "/mcp",
    headers: [
      ["Content-Type", "application/json"],
      ["Accept", "application/json, text/event-stream"],
      ["Authorization", "Bearer ada"],
    ],
    body: JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params }),
  });
  return { client, session: headers.get("mcp-session-id") ?? "" };
}
