/** Both lanes of stdio must answer alike. What may differ stands in one table. */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { onBothLanes } from "./fixtures/both-lanes.ts";
import { converse, type Step } from "./fixtures/conversation.ts";
import { laneDifferences } from "./fixtures/lane-differences.ts";
import {
  call,
  changingRequests,
  garbage,
  handshake,
  happenings,
  modern,
  notification,
  request,
  requests,
} from "./fixtures/moves.ts";
import { replies } from "./fixtures/replies.ts";
import type { WireMessage } from "./fixtures/wire-client.ts";

describe("conversations written by hand", () => {
  it("goes through everything of the legacy era", async () => {
    const steps = [
      ...handshake,
      ...[...requests, ...changingRequests].map(([method, params], id) => request(id, method, params)),
      ...happenings,
      ...garbage,
    ];

    const { direct, sdk, heard } = await onBothLanes(steps, { reply: replies.accepted });

    expect(direct).toEqual(sdk);
    expect(heard.flat().length).toBeGreaterThan(100);
  });

  it("goes through everything of the modern era", async () => {
    const steps = [
      ...[...requests, ...changingRequests].map(([method, params], id) =>
        modern(id, method, params, (params as { _meta?: object })._meta),
      ),
      ...happenings,
      ...garbage,
    ];

    const { direct, sdk, heard } = await onBothLanes(steps);

    expect(direct).toEqual(sdk);
    expect(heard.flat().length).toBeGreaterThan(100);
  });

  it.each(Object.entries(replies))("asks a legacy client (%s)", async (_name, reply) => {
    const asking = ["ask", "visit", "think", "roots"].map((tool, id) => request(id, "tools/call", call(tool)));

    const { direct, sdk } = await onBothLanes([...handshake, ...asking], { reply });

    expect(direct).toEqual(sdk);
  });

  it("takes a question back when its call is cancelled, and ignores the answer that comes all the same", async () => {
    const steps = [
      ...handshake,
      request(1, "tools/call", call("ask")),
      notification("notifications/cancelled", { requestId: 1, reason: "enough" }),
      { send: { id: 0, result: { action: "accept", content: { name: "late" } } } },
      request(2, "tools/call", call("ask")),
      { send: { id: 1, result: { action: "accept", content: { name: "Ada" } } } },
    ];

    const { direct, sdk, heard } = await onBothLanes(steps);

    expect(direct).toEqual(sdk);
    expect(heard[3]).toEqual([
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 0, reason: "enough" } },
    ]);
    expect(JSON.stringify(heard[6])).toContain("Hello Ada");
  });

  it("limits subscriptions, ends the cancelled one, and the others with their result", async () => {
    const listen = (id: string): Step =>
      modern(id, "subscriptions/listen", { notifications: { toolsListChanged: true, promptsListChanged: true } });
    const steps = [
      listen("a"),
      listen("b"),
      listen("c"),
      ...happenings,
      notification("notifications/cancelled", { requestId: "a" }),
      ...happenings,
      listen("c"),
    ];

    const { direct, sdk, heard } = await onBothLanes(steps, { maxSubscriptions: 2 });

    expect(direct).toEqual(sdk);
    expect(heard[2]).toMatchObject([{ id: "c", error: { message: "Subscription limit reached" } }]);
    expect(heard.at(-1)).toMatchObject([{ id: "b", result: { resultType: "complete" } }, { id: "c" }]);
  });

  it("answers a probe before the handshake that was sent with it", async () => {
    const steps = [modern("probe", "server/discover"), ...handshake, request(1, "tools/call", call("who"))];

    const { direct, sdk, heard } = await onBothLanes(steps, { pipelined: true });

    expect(direct).toEqual(sdk);
    expect(heard[0]?.map(({ id }) => id)).toEqual(["probe", "hello", 1]);
  });

  it("answers two calls with one id, and cancels the later", async () => {
    const steps = [
      ...handshake,
      request(1, "tools/call", call("wait")),
      request(1, "tools/call", call("wait")),
      notification("notifications/cancelled", { requestId: 1 }),
      request(1, "tools/call", call("echo")),
    ];

    const { direct, sdk } = await onBothLanes(steps);

    expect(direct).toEqual(sdk);
  });

  it.each([
    ["missing", { "io.modelcontextprotocol/clientCapabilities": undefined }],
    ["wrong", { "io.modelcontextprotocol/clientInfo": { name: 5 } }],
  ])("refuses an envelope with a key that is %s, before and after the era is known", async (_name, meta) => {
    const wrong = (id: number): Step => modern(id, "tools/list", {}, meta);

    const { direct, sdk, heard } = await onBothLanes([
      wrong(1),
      modern(2, "tools/list"),
      wrong(3),
      request(4, "tools/list"),
    ]);

    expect(direct).toEqual(sdk);
    expect([heard[0], heard[2], heard[3]]).toMatchObject(
      Array.from({ length: 3 }, () => [{ error: { code: -32602 } }]),
    );
  });

  it("refuses a version that is not served, before and after the era is known", async () => {
    const future = { "io.modelcontextprotocol/protocolVersion": "2099-01-01" };
    const past = { "io.modelcontextprotocol/protocolVersion": "2025-11-25" };

    const { direct, sdk, heard } = await onBothLanes([
      modern(1, "tools/list", {}, future),
      modern(2, "tools/list"),
      modern(3, "tools/list", {}, past),
      modern(4, "subscriptions/listen", { notifications: {} }, future),
    ]);

    expect(direct).toEqual(sdk);
    expect(heard.slice(0, 4)).toMatchObject([
      [{ error: { code: -32022, data: { supported: ["2026-07-28"], requested: "2099-01-01" } } }],
      [{ result: {} }],
      [{ error: { code: -32022, data: { requested: "2025-11-25" } } }],
      [{ error: { code: -32022 } }],
    ]);
  });
});

describe("the table of differences", () => {
  it.each(laneDifferences)("shows: $when", async ({ shown, excuses, reply }) => {
    const options = reply === undefined ? {} : { reply };

    const direct = (await converse(shown, { ...options, lane: "direct" })).flat();
    const sdk = (await converse(shown, { ...options, lane: "sdk" })).flat();

    const differing = direct.filter((message, index) => !isDeepStrictEqual(message, sdk[index]));
    expect(differing).toHaveLength(1);
    expect(differing.every((message) => excuses(message, sdk[direct.indexOf(message)] as WireMessage))).toBe(true);
  });

  it("stands on the decision page as it is", async () => {
    const page = await readFile(new URL("../../../../../docs/decisions/direct-lane.md", import.meta.url), "utf8");

    const [, table = ""] = page.split("\n| when | direct lane | SDK lane | because |\n|---|---|---|---|\n");
    const [rows = ""] = table.split("\n\n");

    const expected = laneDifferences.map(
      ({ when, direct, sdk, because }) => `| ${when} | ${direct} | ${sdk} | ${because} |`,
    );
    expect(rows.split("\n")).toEqual(expected);
  });
});
