import { createServer, definePrompt, defineResource, defineTool, image, text, toolResult } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { responseLimit, type ResponseLimitOptions } from "./response-limit.ts";
import { cutText, jsonBytes, surelyFits } from "./response-size.ts";

function answering(work: () => unknown, options: ResponseLimitOptions = { maxBytes: 2_000 }) {
  const components = [
    defineTool({ name: "read", handler: () => work() as string }),
    defineTool({
      name: "typed",
      output: z.object({ rows: z.array(z.string()) }),
      handler: () => work() as { rows: string[] },
    }),
    defineResource({ uri: "data://text", read: () => work() as string }),
  ];
  const server = createServer({ name: "t", version: "1", components, log: silentLog }).use(responseLimit(options));
  return { server, events: recordedEvents(server) };
}

describe("responseLimit", () => {
  it("leaves results alone that are small enough", async () => {
    const { server, events } = answering(() => ({ a: "x".repeat(500) }));
    await using client = await createTestClient(server);

    const { structured } = await client.callTool("read");

    expect(structured).toEqual({ a: "x".repeat(500) });
    expect(events).toEqual([]);
  });

  it.each(["x", "ä", "\u{1F600}", "\0", '"'])("cuts text of %j to the limit and says what is missing", async (unit) => {
    const { server, events } = answering(() => unit.repeat(5_000));
    await using client = await createTestClient(server);

    const answer = await client.callTool("read");

    const [shown, note] = answer.text.split("\n[");
    expect(jsonBytes({ content: answer.result.content })).toBeLessThanOrEqual(2_000);
    expect(answer.text.isWellFormed()).toBe(true);
    expect(shown).toBe(unit.repeat(shown!.length / unit.length));
    expect(note).toContain(`of ${5_000 * unit.length} characters left out. Ask for less`);
    expect(answer.result._meta?.["dev.plinth/truncated"]).toMatchObject({ limit: 2_000 });
    expect(events).toEqual([expect.stringMatching(/^response-limit: truncated \d+$/)]);
  });

  it.each([1_100, 2_000, 5_000])("cuts the messages of a prompt to %i bytes", async (maxBytes) => {
    const messages = [
      { role: "user" as const, content: { type: "text" as const, text: "first" } },
      { role: "assistant" as const, content: { type: "text" as const, text: "\u{1F600}".repeat(5_000) } },
      { role: "user" as const, content: { type: "text" as const, text: "third" } },
    ];
    const components = [definePrompt({ name: "long", render: () => messages })];
    const server = createServer({ name: "t", version: "1", components, log: silentLog });
    server.use(responseLimit({ maxBytes }));
    await using client = await createTestClient(server);

    const answer = await client.sdk.getPrompt({ name: "long" });

    expect(jsonBytes({ messages: answer.messages })).toBeLessThanOrEqual(maxBytes);
    expect(answer.messages).toMatchObject([
      { role: "user", content: { text: "first" } },
      { role: "assistant", content: { text: expect.stringContaining("and 1 more part left out. Ask for less") } },
    ]);
    expect(answer._meta?.["dev.plinth/truncated"]).toMatchObject({ limit: maxBytes });
  });

  it("shows as many messages of a prompt as fit", async () => {
    const messages = Array.from({ length: 3_000 }, () => ({
      role: "assistant" as const,
      content: { type: "text" as const, text: "word" },
    }));
    const components = [definePrompt({ name: "long", render: () => messages })];
    const server = createServer({ name: "t", version: "1", components, log: silentLog });
    server.use(responseLimit({ maxBytes: 2_000 }));
    await using client = await createTestClient(server);

    const answer = await client.sdk.getPrompt({ name: "long" });

    const note = answer.messages.at(-1);
    expect(jsonBytes({ messages: answer.messages })).toBeLessThanOrEqual(2_000);
    expect(answer.messages.length).toBeGreaterThan(15);
    expect(note).toMatchObject({ content: { text: expect.stringMatching(/ and 29\d\d more parts left out/) } });
  });

  it("shows blocks while there is room and counts the rest", async () => {
    const { server } = answering(() => [text("first"), text("x".repeat(5_000)), text("third"), text("fourth")]);
    await using client = await createTestClient(server);

    const { result } = await client.callTool("read");

    expect(result.content).toHaveLength(2);
    expect(result.content[0]).toMatchObject({ text: "first" });
    expect(result.content[1]).toMatchObject({ text: expect.stringContaining("and 2 more parts left out") });
  });

  it("puts a note in the place of an image, of which half is none", async () => {
    const { server } = answering(() => [image(new Uint8Array(5_000), "image/png")]);
    await using client = await createTestClient(server);

    const { result } = await client.callTool("read");

    expect(result.content).toEqual([{ type: "text", text: expect.stringContaining("a part of 6") }]);
  });

  it("drops structured content that nobody was promised, and cuts its text", async () => {
    const { server } = answering(() => ({ rows: Array.from({ length: 500 }, (_, at) => `row ${at}`) }));
    await using client = await createTestClient(server);

    const { result, text: shown } = await client.callTool("read");

    expect(result.structuredContent).toBeUndefined();
    expect(shown).toContain('{"rows":["row 0","row 1"');
    expect(shown).toContain("[Truncated:");
  });

  it("refuses structured content that has to fit a schema, and keeps it when the text alone is too much", async () => {
    const rows = Array.from({ length: 500 }, (_, at) => `row ${at}`);
    const large = answering(() => ({ rows }));
    const wordy = answering(() =>
      toolResult({ content: [text("x".repeat(5_000))], structuredContent: { rows: ["one"] } }),
    );
    await using refused = await createTestClient(large.server);
    await using kept = await createTestClient(wordy.server);

    const refusal = await refused.callTool("typed");
    const answer = await kept.callTool("typed");

    expect(refusal.result._meta?.["dev.plinth/error"]).toMatchObject({ code: "TOO_LARGE" });
    expect(refusal.text).toContain("2000 are allowed. Ask for less");
    expect(answer.structured).toEqual({ rows: ["one"] });
    expect(answer.text).toContain("[Truncated:");
  });

  it("cuts the text of a resource and refuses bytes", async () => {
    const textual = answering(() => "x".repeat(5_000));
    const binary = answering(() => new Uint8Array(5_000));
    await using first = await createTestClient(textual.server);
    await using second = await createTestClient(binary.server);

    const read = await first.readResource("data://text");

    expect(read.text).toContain("of 5000 characters left out");
    await expect(second.readResource("data://text")).rejects.toThrow("2000 are allowed");
  });

  it("refuses instead of cutting where it is told to, and takes tokens for a limit", async () => {
    const { server } = answering(() => "x".repeat(5_000), { maxTokens: 1_000, onExcess: "refuse", hint: "Use pages." });
    await using client = await createTestClient(server);

    const { text: refusal } = await client.callTool("read");

    expect(refusal).toMatch(/^The result has \d+ bytes, and 4000 are allowed\. Use pages\.$/);
  });

  it.each([
    { maxBytes: 10 },
    { maxBytes: Number.NaN },
    { maxTokens: -1 },
    { onExcess: "shrug" },
    { maxBytes: 1_024, hint: "x".repeat(600) },
  ])("refuses %o", (options) => {
    expect(() => responseLimit(options as ResponseLimitOptions)).toThrow(/ is | has /);
  });
});

describe("surelyFits", () => {
  it("never lets through what is larger in JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(300), (value, budget) => {
        expect(surelyFits(value, budget) && jsonBytes(value) > budget).toBe(false);
      }),
    );
  });
});

describe("cutText", () => {
  it("counts half characters as the escapes that they become", () => {
    expect(cutText("\ud800".repeat(10), 20)).toHaveLength(3);
  });

  it("gives the longest beginning that fits, and no half characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), fc.nat(100), (whole, bytes) => {
        const cut = cutText(whole, bytes);

        const more = cut + String.fromCodePoint(...[whole.codePointAt(cut.length) ?? []].flat());
        expect(whole.startsWith(cut)).toBe(true);
        expect(jsonBytes(cut) - 2).toBeLessThanOrEqual(bytes);
        expect(cut.isWellFormed()).toBe(whole.slice(0, cut.length).isWellFormed());
        expect(more === whole || jsonBytes(more) - 2 > bytes).toBe(true);
      }),
    );
  });
});
