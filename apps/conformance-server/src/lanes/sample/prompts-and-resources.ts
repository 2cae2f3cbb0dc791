import { definePrompt, defineResource, resourceParts, type Component } from "@plinth/core";
import { z } from "zod";

/** Prompts, resources and templates of every kind. */
export const promptsAndResources: readonly Component[] = [
  definePrompt({
    name: "greet",
    title: "Greet",
    description: "Greets.",
    arguments: z.object({ who: z.string(), how: z.string().optional() }),
    complete: {
      who: (typed) => ["Ada", "Alan", "Grace"].filter((one) => one.startsWith(typed)),
      how: (_typed, _ctx, chosen) => Object.entries(chosen).map(([key, value]) => `${key}=${value}`),
    },
    render: ({ who, how = "Hello" }) => `${how}, ${who}`,
  }),
  definePrompt({ name: "plain", render: () => [{ role: "assistant", content: { type: "text", text: "plain" } }] }),
  definePrompt({
    name: "Grüße 世界",
    render: () => ({ description: "d", messages: [{ role: "user", content: { type: "text", text: "hi" } }] }),
  }),
  definePrompt({ name: "constructor", render: () => "built" }),
  definePrompt({
    name: "asking",
    render: async (_arguments, ctx) =>
      JSON.stringify(await ctx.elicit({ message: "Tone?", schema: z.object({ tone: z.string() }) })),
  }),
  definePrompt({
    name: "throwing",
    render: () => {
      throw new Error("secret");
    },
  }),
  defineResource({ uri: "data://fixed", name: "fixed", mimeType: "text/plain", ttlMs: 5_000, read: () => "fixed" }),
  defineResource({ uri: "data://shared", cacheScope: "public", ttlMs: 1, read: () => ({ an: "object" }) }),
  defineResource({ uri: "data://bytes", read: () => new Uint8Array([0, 255]) }),
  defineResource({ uri: "data://gone", read: () => undefined }),
  defineResource({ uri: "http://example.com", name: "page", read: (_params, _ctx, url) => url.href }),
  defineResource({
    uri: "data://parts",
    read: () => resourceParts([{ body: "a" }, { uri: "data://parts/b", body: new Uint8Array([1]), meta: { n: 1 } }]),
  }),
  defineResource({
    uri: "data://asking",
    read: async (_params, ctx) => ctx.elicit({ message: "Key?", schema: z.object({ key: z.string() }) }),
  }),
  defineResource({
    uri: "data://throwing",
    read: () => {
      throw new Error("secret");
    },
  }),
  defineResource({
    uri: "data://users/{userId}",
    name: "user",
    mimeType: "application/json",
    params: z.object({ userId: z.string().regex(/^\d+$/) }),
    list: () => [
      { uri: "data://users/1", name: "one" },
      { uri: "data://users/2", name: "two", size: 3 },
    ],
    complete: { userId: (typed) => Array.from({ length: 120 }, (_, index) => `${typed}${index}`) },
    read: ({ userId }) => (userId === "404" ? undefined : { id: userId }),
  }),
];
