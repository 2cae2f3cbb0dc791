import {
  audio,
  defineTool,
  embeddedResource,
  fail,
  image,
  KitError,
  resourceLink,
  text,
  toolResult,
  type Component,
  type ErrorCode,
} from "@plinth/core";
import { z } from "zod";
import { inspectContext } from "./inspect-context.ts";

const anything = z.looseObject({});

/** A tool for each kind of result and failure, and for names that an object of JavaScript has already. */
export const resultTools: readonly Component[] = [
  defineTool({
    name: "inspect",
    title: "Inspect",
    description: "What a handler sees.",
    input: anything,
    annotations: { readOnlyHint: true },
    handler: (input, ctx) => ({ arguments: Object.entries(input), ...inspectContext(ctx) }),
  }),
  defineTool({ name: "string", handler: () => "Grüße, 世界 \u0000 \u2028 \ud83d\ude00" }),
  defineTool({ name: "lone_surrogate", handler: () => "\ud800" }),
  defineTool({ name: "number", handler: () => 1e21 }),
  defineTool({ name: "nothing", handler: () => undefined }),
  defineTool({ name: "list", handler: () => [1, null, { "": "" }] }),
  defineTool({
    name: "free_object",
    handler: () => ({ when: new Date(0), missing: undefined, __proto: { deep: [] } }),
  }),
  defineTool({
    name: "structured",
    input: z.object({ text: z.string() }),
    output: z.object({ echoed: z.string(), length: z.number() }),
    handler: ({ text: echoed }) => ({ echoed, length: echoed.length }),
  }),
  defineTool({
    name: "wrong_output",
    output: z.object({ count: z.number() }),
    handler: () => ({ count: "three" }) as unknown as { count: number },
  }),
  defineTool({
    name: "content",
    handler: () => [
      text("one", { annotations: { audience: ["user"], priority: 0.5 } }),
      image("aGk=", "image/png"),
      audio("aGk=", "audio/wav"),
      resourceLink({ uri: "data://fixed", name: "fixed" }),
      embeddedResource({ uri: "data://fixed", mimeType: "text/plain", body: "hi" }),
    ],
  }),
  defineTool({
    name: "with_meta",
    handler: () =>
      toolResult({
        content: [text("meta", { meta: { "vendor/block": 1 } })],
        structuredContent: { a: [1] },
        meta: { "vendor/x": { y: null }, "io.modelcontextprotocol/serverInfo": { name: "impostor", version: "0" } },
      }),
  }),
  defineTool({ name: "is_error", handler: () => toolResult({ content: [text("no")], isError: true }) }),
  defineTool({ name: "fails", handler: () => fail("Not today", { data: { when: "tomorrow" } }) }),
  defineTool({
    name: "throws",
    handler: () => {
      throw new Error("postgres://user:secret@host");
    },
  }),
  defineTool({ name: "rejects_oddly", handler: () => Promise.reject(Object.create(null) as Error) }),
  defineTool({ name: "unserializable", handler: () => ({ id: 10n }) }),
  defineTool({
    name: "kit_error",
    input: z.object({ code: z.string(), retryAfterSeconds: z.number().optional(), challenge: z.string().optional() }),
    handler: ({ code, retryAfterSeconds, challenge }) => {
      throw new KitError(code as ErrorCode, `This is ${code}`, {
        data: { extra: [1], ...(challenge !== undefined && { wwwAuthenticate: challenge }) },
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      });
    },
  }),
  defineTool({
    name: "refined",
    input: z.object({ even: z.number() }).refine(async ({ even }) => even % 2 === 0, "not even"),
    handler: async ({ even }) => ({ half: even / 2 }),
  }),
  defineTool({
    name: "mirrored",
    input: z.object({
      region: z.string().meta({ "x-mcp-header": "Region" }).optional(),
      shard: z.int().meta({ "x-mcp-header": "Shard" }).optional(),
      dry: z.boolean().meta({ "x-mcp-header": "Dry-Run" }).optional(),
      nested: z.object({ zone: z.string().meta({ "x-mcp-header": "Zone" }).optional() }).optional(),
    }),
    handler: (input) => input,
  }),
  defineTool({ name: "big", handler: () => "x".repeat(200_000) }),
  defineTool({ name: "constructor", handler: () => "built" }),
  defineTool({ name: "__proto__", handler: () => "proto" }),
  defineTool({ name: "toString", handler: () => "text" }),
  defineTool({ name: "a".repeat(64), handler: () => "long" }),
];
