import { describe, expect, it } from "vitest";
import type { Context } from "../context/context.ts";
import { stderrLogger } from "../context/logger.ts";
import { wireServer } from "../create-server.ts";
import { defineResource } from "../definitions/resource.ts";
import { defineTool } from "../definitions/tool.ts";
import { fail, KitError } from "../errors/kit-error.ts";
import { incoming } from "../protocol/fixtures/incoming.ts";
import type { Middleware } from "./middleware.ts";

const log = stderrLogger({ level: "silent" });

/** Runs `work` as the handler of a tool of a server that has `double`, `broken`, `refused` and a resource besides. */
async function within(work: (ctx: Context) => unknown, changes = {}, ...middleware: Middleware[]) {
  const server = wireServer({
    name: "t",
    version: "1",
    log,
    components: [
      defineTool({ name: "outer", handler: (_input, ctx) => work(ctx) as object }),
      defineTool({
        name: "double",
        input: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
        handler: ({ n }) => ({ doubled: Number(n) * 2 }),
      }),
      defineTool({
        name: "broken",
        handler: () => {
          throw new Error("postgres://user:pw@host is down");
        },
      }),
      defineTool({ name: "refused", handler: () => fail("Not on Sundays") }),
      defineResource({ uri: "data://secret", read: () => Promise.reject(new Error("pw@host")) }),
      defineResource({ uri: "data://open", read: () => "hello" }),
    ],
  }).use(...middleware);
  return server.dispatch(incoming({ params: { name: "outer" }, ...changes }));
}

describe("an operation that a handler invokes", () => {
  it("gives the result as a client would get it", async () => {
    const outcome = await within(async (ctx) => ({
      tool: await ctx.invoke("tools/call", { name: "double", arguments: { n: 21 } }),
      resource: await ctx.invoke("resources/read", { uri: "data://open" }),
      listed: ((await ctx.invoke("tools/list"))["tools"] as { name: string }[]).map(({ name }) => name),
    }));

    expect(outcome).toMatchObject({
      result: {
        structuredContent: {
          tool: { structuredContent: { doubled: 42 } },
          resource: { contents: [{ text: "hello" }] },
          listed: ["outer", "double", "broken", "refused"],
        },
      },
    });
  });

  it("passes all middleware as the same caller, in a context of its own", async () => {
    const principal = { id: "ada", scopes: [] };
    const seen: unknown[] = [];
    const watch: Middleware = (call, next) => {
      const { context } = call;
      seen.push([call.target?.name, context.principal, context.trace.traceparent, context.meta["progressToken"]]);
      return next(call);
    };

    await within(
      async (ctx) => {
        await ctx.invoke("tools/call", { name: "double", arguments: { n: 1 } });
        return "done";
      },
      { principal, meta: { traceparent: "00-ab-cd-01", progressToken: 7 } },
      watch,
    );

    expect(seen).toStrictEqual([
      ["outer", principal, "00-ab-cd-01", 7],
      ["double", principal, "00-ab-cd-01", undefined],
    ]);
  });

  it("is refused by middleware as a call of the client's own would be", async () => {
    const guard: Middleware = (call, next) => {
      if (call.target?.name === "double") throw new KitError("FORBIDDEN", "double is not for you");
      return next(call);
    };

    const outcome = await within((ctx) => ctx.invoke("tools/call", { name: "double", arguments: { n: 1 } }), {}, guard);

    expect(outcome).toMatchObject({ error: { code: -31403, message: "double is not for you" } });
  });

  it.each([
    ["a tool that broke", "tools/call", { name: "broken" }],
    ["a resource that broke", "resources/read", { uri: "data://secret" }],
  ])("shows nothing of the inside of %s, and quotes an id for the log", async (_what, method, params) => {
    const outcome = await within(async (ctx) => {
      const result = await ctx.invoke(method, params).catch((error: Error) => ({ message: error.message }));
      return { result };
    });

    const sent = JSON.stringify(outcome);
    expect(sent).toContain("Internal error. Quote request id");
    expect(sent).not.toContain("pw@host");
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    ["arguments that do not fit", "tools/call", { name: "double", arguments: { n: "x" } }, "expected number"],
    ["a tool that says no", "tools/call", { name: "refused" }, "Not on Sundays"],
  ])("gives an answer with isError for %s", async (_what, method, params, text) => {
    const outcome = await within(async (ctx) => ({ inner: await ctx.invoke(method, params) }));

    expect(outcome).toMatchObject({
      result: { structuredContent: { inner: { isError: true, content: [{ text: expect.stringContaining(text) }] } } },
    });
  });

  it("throws for a method that there is not", async () => {
    const outcome = await within((ctx) => ctx.invoke("tools/burn"));

    expect(outcome).toMatchObject({ error: { code: -32601, message: "Method not found: tools/burn" } });
  });

  it("ends when a tool calls itself in a circle", async () => {
    let runs = 0;

    const outcome = await within(async (ctx) => {
      runs += 1;
      return ctx.invoke("tools/call", { name: "outer" });
    });

    expect(runs).toBe(9);
    expect(JSON.stringify(outcome)).toContain("does a tool call itself?");
  });

  it("cannot ask the client, whose call is the outer one", async () => {
    const asking = defineTool({
      name: "asking",
      handler: async (_input, ctx) => {
        await ctx.elicit({ message: "Sure?", url: "https://plinth.example/sure" });
        return "asked";
      },
    });
    const outer = defineTool({
      name: "outer",
      handler: async (_input, ctx) => ({ inner: await ctx.invoke("tools/call", { name: "asking" }) }),
    });
    const server = wireServer({ name: "t", version: "1", log, components: [asking, outer] });
    const capabilities = { elicitation: { url: {}, form: {} } };

    const outcome = await server.dispatch(
      incoming({ params: { name: "outer" }, client: { info: undefined, capabilities } }),
    );

    expect(JSON.stringify(outcome)).toContain("which a call inside another call cannot do");
  });

  it.each(["the client's", "its own"])("is told to stop by %s signal", async (whose) => {
    const clients = new AbortController();
    const own = new AbortController();
    const waiting = Promise.withResolvers<void>();
    const inner = defineTool({
      name: "inner",
      handler: (_input, ctx) =>
        new Promise<string>((resolve) => {
          ctx.signal.addEventListener("abort", () => resolve("stopped"));
          waiting.resolve();
        }),
    });
    const outer = defineTool({
      name: "outer",
      handler: async (_input, ctx) => ctx.invoke("tools/call", { name: "inner" }, { signal: own.signal }),
    });
    const server = wireServer({ name: "t", version: "1", log, components: [inner, outer] });

    const answered = server.dispatch(incoming({ params: { name: "outer" }, signal: clients.signal }));
    await waiting.promise;
    (whose === "its own" ? own : clients).abort();

    expect(await answered).toMatchObject({ result: { content: [{ text: expect.stringContaining("stopped") }] } });
    expect(server.inFlight).toBe(0);
  });

  it("is refused parameters that JSON cannot carry", async () => {
    const outcome = await within((ctx) => ctx.invoke("tools/call", { name: "double", arguments: { n: 1n } }));

    expect(outcome).toMatchObject({
      result: { isError: true, _meta: { "dev.plinth/error": { code: "INVALID_OUTPUT" } } },
    });
  });
});
