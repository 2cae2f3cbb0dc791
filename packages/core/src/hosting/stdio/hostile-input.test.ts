/** 10,000 random and mutated lines. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { envelope } from "./fixtures/moves.ts";
import { openSession, textOf } from "./fixtures/open-session.ts";

describe.each(["direct", "sdk"] as const)("lines of chance on the %s lane", (lane) => {
  it.each(["legacy", "modern"])(
    "are all answered with valid JSON-RPC or not at all (%s)",
    { timeout: 30_000 },
    async (era) => {
      await using session = await openSession({ lane, maxLineBytes: 20_000 });
      const { client } = session;
      if (era === "legacy") await client.initialize();
      const meta = era === "modern" ? { _meta: envelope } : {};
      if (era === "modern") await client.request("open", "tools/list", meta);
      const templates = [
        { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo", arguments: { text: "a" }, ...meta } },
        { jsonrpc: "2.0", id: 2, method: "tools/list", params: { ...meta } },
        {
          jsonrpc: "2.0",
          id: 3,
          method: "initialize",
          params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "x", version: "1" } },
        },
        { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, ...meta } },
        { jsonrpc: "2.0", id: 4, result: { action: "accept" } },
        {
          jsonrpc: "2.0",
          id: 5,
          method: "subscriptions/listen",
          params: { notifications: { toolsListChanged: true }, ...meta },
        },
      ];
      const messages = fc.constantFrom(...templates).chain((template) =>
        fc
          .record({
            path: fc.constantFrom("jsonrpc", "id", "method", "params", "result", "_meta", "extra"),
            value: fc.jsonValue({ maxDepth: 3 }),
          })
          .map(({ path, value }) =>
            JSON.stringify(
              path === "_meta"
                ? { ...template, params: { ...template.params, _meta: value } }
                : { ...template, [path]: value },
            ),
          ),
      );
      const mutations = fc
        .tuple(
          fc.constantFrom(...templates).map((template) => JSON.stringify(template)),
          fc.nat(400),
          fc.string({ unit: "binary", maxLength: 4 }),
        )
        .map(([line, at, junk]) => line.slice(0, at) + junk + line.slice(at + 2));
      const deep = fc
        .nat(9_000)
        .map(
          (depth) =>
            `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":${"[".repeat(depth)}${"]".repeat(depth)}}`,
        );
      const deepMeta = fc
        .nat(3_000)
        .map(
          (depth) =>
            `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`,
        );
      const lines = fc.oneof(
        { weight: 8, arbitrary: messages },
        { weight: 8, arbitrary: mutations },
        { weight: 4, arbitrary: fc.json() },
        { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
        { weight: 1, arbitrary: fc.oneof(deep, deepMeta) },
      );
      const unhandled = vi.fn();
      process.on("unhandledRejection", unhandled);

      for (const [index, line] of fc.sample(lines, { numRuns: 5_000, seed: 20261120 }).entries()) {
        client.raw(`${line}\n`);
        if (index % 500 === 0) await client.request(`probe-${index}`, "tools/list", meta);
      }
      const last = await client.request("last", "tools/call", {
        name: "echo",
        arguments: { text: "alive" },
        ...meta,
      });
      process.off("unhandledRejection", unhandled);

      expect(textOf(last)).toBe("alive");
      expect(unhandled).not.toHaveBeenCalled();
      expect(client.received.filter((message) => !isJsonRpc(message))).toEqual([]);
    },
  );

  it("leave no valid request without an answer", async () => {
    await using session = await openSession({ lane });
    await session.client.initialize();
    const ids = new Set<string>();
    const params = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({ _meta: fc.jsonValue({ maxDepth: 2 }) }),
      fc.record({
        _meta: fc.record(
          {
            progressToken: fc.jsonValue({ maxDepth: 1 }),
            "io.modelcontextprotocol/related-task": fc.jsonValue({ maxDepth: 2 }),
          },
          { requiredKeys: [] },
        ),
      }),
    );

    for (const [index, value] of fc.sample(params, { numRuns: 1_000, seed: 7 }).entries()) {
      ids.add(`r${index}`);
      session.client.send({
        id: `r${index}`,
        method: index % 2 === 0 ? "tools/list" : "tools/call",
        params: value,
        extra: index,
      });
    }
    await session.client.request("last", "ping");
    const unanswered = (): string[] => {
      for (const { id } of session.client.received) ids.delete(id as string);
      return [...ids];
    };
    await expect.poll(unanswered).toEqual([]);
  });
});

/** JSON-RPC 2.0, sections 4 and 5. */
function isJsonRpc(message: Readonly<Record<string, unknown>>): boolean {
  const { jsonrpc, id, method, result, error } = message;
  if (jsonrpc !== "2.0") return false;
  if (typeof method === "string") return result === undefined && error === undefined;
  if (!(typeof id === "string" || typeof id === "number" || id === null)) return false;
  if (error === undefined) return typeof result === "object" && result !== null;
  const { code, message: text } = error as { code: unknown; message: unknown };
  return result === undefined && Number.isInteger(code) && typeof text === "string";
}
