import { specTypeSchemas } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { definePrompt } from "../definitions/prompt.ts";
import { defineResource } from "../definitions/resource.ts";
import { defineTool } from "../definitions/tool.ts";
import { compileEntry } from "./compile-entry.ts";

const handler = (): string => "";
const read = handler;
const render = handler;

describe("a compiled definition", () => {
  it("lists a tool with everything that MCP knows of it, and nothing else", () => {
    const { listed } = compileEntry(
      defineTool({
        name: "search",
        title: "Search",
        description: "Finds things.",
        input: z.object({ q: z.string().describe("What to find") }),
        output: z.object({ hits: z.number() }),
        annotations: { readOnlyHint: true },
        icons: [{ src: "https://example.com/i.png" }],
        tags: ["internal"],
        scopes: ["search:read"],
        timeoutMs: 5,
        meta: { "example.com/x": 1 },
        handler: () => ({ hits: 1 }),
      }),
    );

    expect(listed).toEqual({
      name: "search",
      title: "Search",
      description: "Finds things.",
      inputSchema: expect.objectContaining({
        type: "object",
        properties: { q: { type: "string", description: "What to find" } },
        required: ["q"],
      }),
      outputSchema: expect.objectContaining({ type: "object", properties: { hits: { type: "number" } } }),
      annotations: { readOnlyHint: true },
      icons: [{ src: "https://example.com/i.png" }],
      _meta: { "example.com/x": 1 },
    });
    expect(specTypeSchemas.Tool["~standard"].validate(listed)).not.toHaveProperty("issues");
    expect(() => Object.assign((listed["inputSchema"] as { properties: object }).properties, { x: 1 })).toThrow(
      TypeError,
    );
  });

  it("leaves out what a definition does not say", () => {
    const listed = [
      defineTool({ name: "a", handler }),
      definePrompt({ name: "p", render }),
      defineResource({ uri: "a://b", read }),
      defineResource({ uri: "a://{b}", read }),
    ].map((definition) => compileEntry(definition).listed);

    expect(listed).toEqual([
      { name: "a", inputSchema: { type: "object", properties: {} } },
      { name: "p" },
      { uri: "a://b", name: "a://b" },
      { uriTemplate: "a://{b}", name: "a://{b}" },
    ]);
  });

  it("lists a prompt's arguments out of its schema", () => {
    const { listed } = compileEntry(
      definePrompt({
        name: "review",
        arguments: z.object({
          code: z.string().meta({ title: "Code", description: "To review" }),
          tone: z.string().optional(),
        }),
        render,
      }),
    );

    expect(listed["arguments"]).toEqual([
      { name: "code", title: "Code", description: "To review", required: true },
      { name: "tone", required: false },
    ]);
  });

  it("lists a template with its description and type", () => {
    const { listed } = compileEntry(
      defineResource({
        uri: "data://users/{id}",
        name: "User",
        description: "A user",
        mimeType: "application/json",
        annotations: { audience: ["user"] },
        read,
      }),
    );

    expect(listed).toEqual({
      uriTemplate: "data://users/{id}",
      name: "User",
      description: "A user",
      mimeType: "application/json",
      annotations: { audience: ["user"] },
    });
  });

  it("collects the arguments that HTTP headers mirror, and refuses an invalid declaration by the tool's name", () => {
    const withHeader = (header: unknown): unknown =>
      compileEntry(
        defineTool({
          name: "t",
          input: { type: "object", properties: { region: { type: "string", "x-mcp-header": header } } },
          handler,
        }),
      );

    expect(withHeader("Region")).toMatchObject({
      parameterHeaders: [{ path: ["region"], header: "mcp-param-region", type: "string" }],
      listed: { inputSchema: { properties: { region: { "x-mcp-header": "Region" } } } },
    });
    expect(() => withHeader("no token")).toThrow(/tool "t".*x-mcp-header/);
  });

  it.each<[name: string, make: () => unknown, message: RegExp]>([
    [
      "a name with an emoji",
      () => defineTool({ name: "go🚀", handler }),
      /"go🚀" is not a tool name: use 1 to 64 of the characters A-Z/,
    ],
    ["an empty name", () => defineTool({ name: "", handler }), /not a tool name/],
    ["a name of 65 characters", () => defineTool({ name: "a".repeat(65), handler }), /not a tool name/],
    ["a prompt name with a line break", () => definePrompt({ name: "a\nb", render }), /not a prompt name/],
    ["a relative URI", () => defineResource({ uri: "users/me", read }), /absolute URI with a scheme/],
    [
      "list on a fixed resource",
      () => defineResource({ uri: "a://b", list: () => [], read }),
      /"list", which is for templates/,
    ],
    [
      "a completer of no variable",
      () => defineResource({ uri: "a://{b}", complete: { c: () => [] }, read }),
      /completes "c", but has b/,
    ],
    [
      "a completer of no argument",
      () => definePrompt({ name: "p", complete: { c: () => [] }, render }),
      /completes "c", but has no arguments/,
    ],
    [
      "a required parameter that is no variable",
      () => defineResource({ uri: "a://{b}", params: z.object({ id: z.string() }), read }),
      /requires the parameter "id"/,
    ],
    ["a missing handler", () => ({ kind: "tool", name: "a" }), /needs "handler", a function/],
    ["meta that is not JSON", () => defineTool({ name: "a", meta: { n: 1n }, handler }), /not JSON/],
    [
      "a time limit that no timer has",
      () => defineTool({ name: "a", timeoutMs: Number.NaN, handler }),
      /"timeoutMs" of tool "a"/,
    ],
    ["scopes in one text", () => defineTool({ name: "a", scopes: "admin" as never, handler }), /"scopes" to be a list/],
    ["tags in one text", () => defineTool({ name: "a", tags: "slow" as never, handler }), /"tags" to be a list/],
    [
      "a size limit of nothing",
      () => defineResource({ uri: "a://b", maxBytes: Number.NaN, read }),
      /"maxBytes" of resource/,
    ],
    [
      "a negative time to live",
      () => defineResource({ uri: "a://{b}", ttlMs: -1, read }),
      /"ttlMs" of resource template/,
    ],
    [
      "an unknown cache scope",
      () => defineResource({ uri: "a://b", cacheScope: "shared" as "public", read }),
      /use "public" or "private"/,
    ],
    ["nothing at all", () => null, /defineTool, defineResource or definePrompt/],
    ["something else", () => ({ kind: "teapot" }), /defineTool, defineResource or definePrompt/],
  ])("is refused for %s", (_name, make, message) => {
    expect(() => compileEntry(make() as Parameters<typeof compileEntry>[0])).toThrow(message);
  });
});
