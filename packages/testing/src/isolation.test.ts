import { setTimeout as delay } from "node:timers/promises";
/**
 * No state is shared between two requests by accident: many clients flood one server with equal JSON-RPC ids and equal
 * progress tokens, cancel some of their calls, and check every message that reaches them (the failure mode of
 * CVE-2026-25536).
 */
import { createServer, defineTool, type Era, type Logger } from "@plinth/core";
import { expect, it } from "vitest";
import { z } from "zod";

const clients = 64;
/** The whole flood; `.ci/run` raises it. */
const calls = Number(process.env["PLINTH_ISOLATION_CALLS"] ?? 2_000);
/** One call in this many is cancelled under way. */
const cancelEvery = 7;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

it.each([
  { era: "modern", lane: "direct", sessions: false },
  { era: "modern", lane: "sdk", sessions: false },
  { era: "legacy", lane: "direct", sessions: false },
  { era: "legacy", lane: "direct", sessions: true },
] as const)(
  `sends no message to the wrong client and loses none (${clients} clients, equal ids, ${calls} calls, %j)`,
  { timeout: 300_000 },
  async ({ era, lane, sessions }) => {
    let running = 0;
    const echo = defineTool({
      name: "echo",
      input: z.object({ token: z.string(), slow: z.boolean() }),
      handler: async ({ token, slow }, ctx) => {
        running += 1;
        try {
          ctx.progress(1, 3, token);
          await delay(slow ? 10_000 : token.length % 3, undefined, { signal: ctx.signal });
          ctx.progress(2, 3, token);
          return token;
        } finally {
          running -= 1;
          ctx.progress(3, 3, token);
        }
      },
    });
    await using server = createServer({
      name: "flood",
      version: "1",
      log: silent,
      components: [echo],
      progressIntervalMs: 0,
    });
    const { url } = await server.listen({ port: 0, lane });

    const tallies = await Promise.all(
      Array.from({ length: clients }, (_, client) =>
        flood({ url, era, sessions, client, count: Math.ceil(calls / clients) }),
      ),
    );

    const total = tallies.reduce((sum, tally) => ({
      foreign: sum.foreign + tally.foreign,
      lost: sum.lost + tally.lost,
      answered: sum.answered + tally.answered,
      cancelled: sum.cancelled + tally.cancelled,
    }));
    expect(total).toMatchObject({ foreign: 0, lost: 0 });
    expect(total.answered + total.cancelled).toBe(Math.ceil(calls / clients) * clients);
    expect(total.cancelled).toBeGreaterThan(calls / cancelEvery / 2);
    await expect.poll(() => [running, server.inFlight]).toStrictEqual([0, 0]);
  },
);

interface Flood {
  readonly url: string;
  readonly era: Era;
  /** Whether each legacy client opens a session. */
  readonly sessions: boolean;
  readonly client: number;
  readonly count: number;
}

interface Tally {
  /** Messages that belonged to somebody else, or to another call of ours. */
  readonly foreign: number;
  /** Calls without their answer. */
  readonly lost: number;
  readonly answered: number;
  readonly cancelled: number;
}

async function flood({ url, era, sessions, client, count }: Flood): Promise<Tally> {
  const tally = { foreign: 0, lost: 0, answered: 0, cancelled: 0 };
  const session = sessions ? await openSession(url) : undefined;
  for (let id = 1; id <= count; id += 1) {
    const token = `client-${client}-call-${id}`;
    const cancel = (client + id) % cancelEvery === 0;
    const controller = new AbortController();
    const response = await post(url, {
      era,
      session,
      body: callBody(era, id, token, cancel),
      signal: controller.signal,
    });
    let result: unknown;
    try {
      for await (const message of messagesOf(response)) {
        const { method, params, result: answer, error } = message;
        if (method === "notifications/progress") {
          if (params?.["message"] !== token || params["progressToken"] !== "p") tally.foreign += 1;
          if (cancel && session !== undefined) await cancelInSession(url, session, id);
          else if (cancel) controller.abort();
          continue;
        }
        if (message.id !== id) tally.foreign += 1;
        result = error ?? answer;
      }
    } catch (thrown) {
      if (!cancel) throw thrown;
    }
    if (cancel) {
      tally.cancelled += 1;
      if (JSON.stringify(result ?? "").includes("client-")) tally.foreign += 1;
    } else if (result === undefined) tally.lost += 1;
    else if (JSON.stringify(result).includes(`"${token}"`)) tally.answered += 1;
    else tally.foreign += 1;
  }
  return tally;
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** The messages of an answer, as JSON or as an event stream (WHATWG server-sent events, the part that MCP uses). */
async function* messagesOf(response: Response): AsyncGenerator<Message> {
  if (response.headers.get("content-type")?.startsWith("application/json")) {
    yield (await response.json()) as Message;
    return;
  }
  let buffered = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    buffered += chunk;
    const frames = buffered.split("\n\n");
    buffered = frames.pop() ?? "";
    for (const frame of frames) {
      const data = frame
        .split("\n")
        .find((line) => line.startsWith("data: "))
        ?.slice(6);
      if (data) yield JSON.parse(data) as Message;
    }
  }
}

function callBody(era: Era, id: number, token: string, slow: boolean): object {
  const envelope = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "flood", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const _meta = { progressToken: "p", ...(era === "modern" && envelope) };
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name: "echo", arguments: { token, slow }, _meta } };
}

interface Post {
  readonly era: Era;
  readonly session: string | undefined;
  readonly body: object;
  readonly signal?: AbortSignal;
}

function post(url: string, { era, session, body, signal }: Post): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(session !== undefined && { "mcp-session-id": session }),
      ...(era === "modern"
        ? { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "echo" }
        : { "mcp-protocol-version": "2025-11-25" }),
    },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

async function openSession(url: string): Promise<string> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "flood", version: "1" } };
  const response = await post(url, {
    era: "legacy",
    session: undefined,
    body: { jsonrpc: "2.0", id: 0, method: "initialize", params },
  });
  await response.text();
  const session = response.headers.get("mcp-session-id") ?? "";
  const ready = await post(url, {
    era: "legacy",
    session,
    body: { jsonrpc: "2.0", method: "notifications/initialized" },
  });
  await ready.body?.cancel();
  return session;
}

async function cancelInSession(url: string, session: string, requestId: number): Promise<void> {
  const body = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } };
  const response = await post(url, { era: "legacy", session, body });
  await response.body?.cancel();
}
