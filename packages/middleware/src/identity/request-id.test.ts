import { defineTool } from "@plinth/core";
import { describe, expect, it } from "vitest";
import { httpServer } from "../fixtures/http-server.ts";
import { requestId, type RequestIdOptions } from "./request-id.ts";

const tellId = defineTool({ name: "tell_id", handler: (_input, { requestId }) => requestId });
const nestId = defineTool({
  name: "nest_id",
  handler: async (_input, { invoke, requestId }) => [requestId, await invoke("tools/call", { name: "tell_id" })],
});

/** The id that a call has which comes with these headers. */
async function idOf(options: RequestIdOptions, headers: Readonly<Record<string, string>>): Promise<string> {
  await using server = await httpServer([requestId(options)], [tellId]);
  const { result } = await server.callTool("tell_id", { headers });
  return (result as { content: [{ text: string }] }).content[0].text;
}

const trusting: RequestIdOptions = { header: "X-Request-Id", trustedProxies: ["127.0.0.1"] };

describe("requestId", () => {
  it("takes over the id of a trusted proxy, for log and errors too", async () => {
    const fail = defineTool({ name: "fail", handler: () => Promise.reject(new Error("inside")) });
    await using server = await httpServer([requestId(trusting)], [fail]);

    const { result } = await server.callTool("fail", { headers: { "x-request-id": "abc-1.2:3/4" } });

    expect(result).toMatchObject({ _meta: { "dev.plinth/error": { requestId: "abc-1.2:3/4" } } });
    expect(server.lines).toMatchObject([{ requestId: "abc-1.2:3/4" }]);
  });

  it.each<[string, RequestIdOptions]>([
    ["is not asked to", {}],
    ["does not trust the address", { header: "x-request-id", trustedProxies: ["10.0.0.0/8"] }],
    ["reads another header", { header: "x-correlation-id", trustedProxies: ["127.0.0.0/8"] }],
  ])("makes its own id when it %s", async (_what, options) => {
    const id = await idOf(options, { "x-request-id": "chosen" });

    expect(id).not.toBe("chosen");
    expect(id).toMatch(/^[\w-]{12,}$/);
  });

  it.each([["a b"], ["a,b"], ['"'], ["{}"], ["ä"], ["a\tb"], ["x".repeat(129)], [""]])(
    "makes its own id in the place of %j",
    async (stated) => {
      const id = await idOf(trusting, { "x-request-id": stated });

      expect(id).toMatch(/^[\w-]{12,60}$/);
    },
  );

  it("takes 128 characters", async () => {
    expect(await idOf(trusting, { "x-request-id": "x".repeat(128) })).toBe("x".repeat(128));
  });

  it("leaves a call inside another an id of its own", async () => {
    await using server = await httpServer([requestId(trusting)], [tellId, nestId]);

    const { result } = await server.callTool("nest_id", { headers: { "x-request-id": "outer" } });

    const [outer, inner] = JSON.parse((result as { content: [{ text: string }] }).content[0].text) as [
      string,
      { content: [{ text: string }] },
    ];
    expect(outer).toBe("outer");
    expect(inner.content[0].text).not.toBe("outer");
  });

  it("puts the id into results when asked, and keeps what is there", async () => {
    await using server = await httpServer([requestId({ ...trusting, inResult: true })]);

    const [call, list] = [
      await server.callTool("echo", { headers: { "x-request-id": "r-1" } }),
      await server.request("tools/list", {}),
    ];

    expect(call.result).toMatchObject({ content: [{ text: "done" }], _meta: { "dev.plinth/requestId": "r-1" } });
    expect(list.result).toHaveProperty(["_meta", "dev.plinth/requestId"]);
    expect(list.result?.["tools"]).toHaveLength(3);
  });

  it("refuses a header without proxies, and what is no header", () => {
    expect(() => requestId({ header: "x-request-id" })).toThrow("list them");
    expect(() => requestId({ header: "x request", trustedProxies: ["::1"] })).toThrow('header is "x request"');
    expect(() => requestId({ header: "x", trustedProxies: ["proxy"] })).toThrow('trustedProxies has "proxy"');
  });
});
