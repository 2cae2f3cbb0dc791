import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { defineTool } from "../../definitions/tool.ts";
import type { RpcRequest } from "../../protocol/json-rpc.ts";
import { openConnection } from "./fixtures/open-connection.ts";

afterEach(() => {
  vi.useRealTimers();
});

const envelope = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};
const introduction = {
  protocolVersion: "2025-11-25",
  capabilities: { elicitation: {} },
  clientInfo: { name: "wire", version: "1" },
};
const initialize: RpcRequest = { id: "hello", method: "initialize", params: introduction };
const probe: RpcRequest = { id: "probe", method: "server/discover", params: { _meta: envelope } };

function toCall(id: string | number, name: string, meta?: object): RpcRequest {
  return { id, method: "tools/call", params: { name, arguments: {}, ...(meta !== undefined && { _meta: meta }) } };
}

/** Waits for its signal, and remembers why it came. */
function waitingTool() {
  const reasons: unknown[] = [];
  const tool = defineTool({
    name: "wait",
    handler: async (_input, { signal }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve());
      await promise;
      reasons.push(signal.reason);
      return "waited";
    },
  });
  return { tool, reasons };
}

const ask = defineTool({
  name: "ask",
  handler: async (_input, context) => (await context.elicit({ message: "Who?", schema: z.object({}) })).action,
});

describe("the opening", () => {
  it("serves a handshake after a probe that is never answered, and what came in between, in order", async () => {
    vi.useFakeTimers();
    const never = new Promise<never>(() => undefined);
    const served: string[] = [];
    await using open = openConnection({
      replaced: {
        dispatch: ({ method }) => {
          served.push(method);
          return method === "server/discover" ? never : Promise.resolve({ result: {} });
        },
      },
    });

    open.receive(probe, initialize, { id: 1, method: "ping" }, { id: 2, method: "tools/unknown" });
    expect(open.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);

    expect(open.sent.map(({ id }) => id)).toEqual(["hello", 1, 2]);
    expect(served).toEqual(["server/discover"]);
  });

  it("serves nothing that was held back when the connection closes meanwhile", async () => {
    vi.useFakeTimers();
    await using open = openConnection({ replaced: { dispatch: () => new Promise<never>(() => undefined) } });
    open.receive(probe, initialize);

    open.connection.close();
    await vi.advanceTimersByTimeAsync(3_000);
    open.receive({ id: 1, method: "ping" });

    expect(open.sent).toEqual([]);
  });

  it("leaves the era open for as long as a client only probes, and closes it with the first request", async () => {
    await using open = openConnection();
    open.receive(probe, { ...probe, id: "again" });
    await nextTurn();

    open.receive({ id: 1, method: "prompts/list", params: { _meta: envelope } }, initialize);

    await nextTurn();
    expect(open.sent).toMatchObject([
      { id: "probe" },
      { id: "again" },
      { id: 1, error: { code: -32601 } },
      { id: "hello", error: { code: -32022, data: { supported: ["2026-07-28"], requested: "2025-11-25" } } },
    ]);
  });

  it("tells nobody of a response to a question that was never asked", async () => {
    await using open = openConnection();

    open.receive({ id: 0, result: {} }, initialize, { id: 0, result: {} }, { id: "", result: {} });

    expect(open.sent).toHaveLength(1);
    expect(open.strays).toHaveLength(3);
  });
});

describe("ids", () => {
  it.each([["__proto__"], ["constructor"], [""], [0], [-1], [Number.MAX_SAFE_INTEGER], ["x".repeat(1_000_000)]])(
    "come back as they were, whatever they are (%#)",
    async (id) => {
      await using open = openConnection({ tools: [defineTool({ name: "any", handler: () => "any" })] });

      open.receive(toCall(id, "any"));
      await expect.poll(() => open.sent).toHaveLength(1);

      expect(open.sent[0]?.["id"]).toBe(id);
    },
  );

  it.each(["__proto__", "constructor", "hasOwnProperty", "toString", ""])(
    "do not make a method of what every object has (%j)",
    async (method) => {
      await using open = openConnection();

      open.receive({ id: 1, method }, { id: 2, method, params: { _meta: envelope } });

      const notFound = { code: -32601, message: "Method not found" };
      expect(open.sent).toEqual([
        { jsonrpc: "2.0", id: 1, error: notFound },
        { jsonrpc: "2.0", id: 2, error: notFound },
      ]);
    },
  );

  it("mean the calls of their own connection alone", async () => {
    const { tool, reasons } = waitingTool();
    await using one = openConnection({ tools: [tool] });
    await using other = openConnection({ tools: [tool] });
    for (const { receive } of [one, other]) receive(toCall(1, "wait", envelope));
    await nextTurn();

    one.receive({ method: "notifications/cancelled", params: { requestId: 1, reason: "enough" } });
    await nextTurn();

    expect(reasons).toEqual(["enough"]);
    expect(other.server.inFlight).toBe(1);
  });
});

describe("many at once", () => {
  it("answers each of 10,000 calls once", async () => {
    await using open = openConnection({ tools: [defineTool({ name: "any", handler: () => "any" })] });

    for (let id = 0; id < 10_000; id++) open.receive(toCall(id, "any", envelope));
    await expect.poll(() => open.sent).toHaveLength(10_000);

    expect(new Set(open.sent.map(({ id }) => id)).size).toBe(10_000);
    expect(open.sent.every(({ result }) => result !== undefined)).toBe(true);
  });

  it("ends 5,000 cancelled calls without an answer, however often and whenever each is cancelled", async () => {
    const { tool, reasons } = waitingTool();
    await using open = openConnection({ tools: [tool] });
    const cancel = (requestId: number) => ({ method: "notifications/cancelled", params: { requestId } });

    for (let id = 0; id < 5_000; id++) {
      open.receive(cancel(id), toCall(id, "wait", envelope));
      if (id % 2 === 0) open.receive(cancel(id), cancel(id));
    }
    await nextTurn();
    for (let id = 0; id < 5_000; id++) open.receive(cancel(id));
    await expect.poll(() => open.server.inFlight).toBe(0);

    expect(open.sent).toEqual([]);
    expect(reasons).toHaveLength(5_000);
  });
});

describe("a result that cannot be sent", () => {
  it("becomes an error, because a client without an answer would wait for ever", async () => {
    await using open = openConnection({
      tools: [defineTool({ name: "any", handler: () => "any" })],
      replaced: { dispatch: () => Promise.resolve({ result: { big: 1n } }) },
    });

    open.receive(toCall(1, "any"));
    await nextTurn();

    expect(open.sent).toMatchObject([{ id: 1, error: { code: -32603 } }]);
    expect(JSON.stringify(open.sent)).not.toContain("BigInt");
  });
});

describe("the end", () => {
  it("aborts calls, takes no question back and leaves nothing behind", async () => {
    const { tool, reasons } = waitingTool();
    await using open = openConnection({ tools: [tool, ask] });
    open.receive(initialize, toCall(1, "wait"), toCall(2, "ask"));
    await nextTurn();
    const before = open.sent.length;

    open.connection.close();
    open.connection.close();
    open.server.notify.toolsChanged();
    await expect.poll(() => open.server.inFlight).toBe(0);

    expect(reasons).toMatchObject([{ code: "CANCELLED" }]);
    expect(open.sent).toHaveLength(before);
  });

  it("aborts also the earlier one of two calls with one id", async () => {
    const { tool, reasons } = waitingTool();
    await using open = openConnection({ tools: [tool] });
    open.receive(toCall(1, "wait", envelope), toCall(1, "wait", envelope));
    await expect.poll(() => open.server.inFlight).toBe(2);

    open.connection.close();
    await expect.poll(() => open.server.inFlight).toBe(0);

    expect(reasons).toMatchObject([{ code: "CANCELLED" }, { code: "CANCELLED" }]);
  });

  it("ends a subscription with its result", async () => {
    await using open = openConnection({ tools: [ask] });
    open.receive({
      id: "sub",
      method: "subscriptions/listen",
      params: { notifications: { toolsListChanged: true }, _meta: envelope },
    });

    open.connection.close();

    expect(open.sent.at(-1)).toMatchObject({ id: "sub", result: { resultType: "complete" } });
  });
});

describe("a question to a legacy client", () => {
  it("takes the answer of a client that sends the id back as text, and of nobody else", async () => {
    await using open = openConnection({ tools: [ask] });
    open.receive(initialize, toCall(1, "ask"));
    await expect.poll(() => open.sent.at(-1)).toMatchObject({ id: 0, method: "elicitation/create" });

    open.receive(
      { id: "", result: { action: "accept" } },
      { id: "00", result: { action: "accept" } },
      { id: "0", result: { action: "decline" } },
    );

    await expect.poll(() => open.sent.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: "decline" }] } });
    expect(open.strays).toHaveLength(2);
  });

  it("is taken back without words that are not meant for the client", async () => {
    await using open = openConnection({ tools: [ask] });
    const controller = new AbortController();
    open.server.use((call, next) => next(call.with({ signal: controller.signal })));
    open.receive(initialize, toCall(1, "ask"));
    await expect.poll(() => open.sent).toHaveLength(2);

    controller.abort(new Error("a secret"));

    await expect.poll(() => open.sent).toHaveLength(4);
    expect(open.sent).toContainEqual({
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: 0 },
    });
    expect(JSON.stringify(open.sent)).not.toContain("a secret");
  });
});
