import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { stderrLogger } from "../context/logger.ts";
import { wireServer, type WiredServer } from "../create-server.ts";
import { defineTool, type ToolOptions } from "../definitions/tool.ts";
import { incoming } from "../protocol/fixtures/incoming.ts";
import type { Call, Result } from "./call.ts";
import type { Middleware } from "./middleware.ts";

const log = stderrLogger({ level: "silent" });
const tool = (name: string, handler: ToolOptions["handler"] = () => name) => defineTool({ name, handler });

function serverOf(middleware: readonly Middleware[], ...components: ReturnType<typeof tool>[]): WiredServer {
  return wireServer({ name: "t", version: "1", log, components }).use(...middleware);
}

const circle: Record<string, unknown> = {};
circle["self"] = circle;

describe("a middleware that changes the call", () => {
  it("shows those inside it the target of the new parameters", async () => {
    const targets: (string | undefined)[] = [];
    const redirect: Middleware = (call, next) => next(call.with({ params: { name: "secret" } }));
    const watch: Middleware = async (call, next) => {
      targets.push(call.target?.name);
      return next(call.with({ signal: call.signal }));
    };
    const server = serverOf([watch, redirect, watch], tool("public"), tool("secret"));

    const outcome = await server.dispatch(incoming({ params: { name: "public" } }));

    expect(outcome).toMatchObject({ result: { content: [{ text: "secret" }] } });
    expect(targets).toStrictEqual(["public", "secret"]);
  });

  it.each<[string, (call: Call) => Call]>([
    ["a copy", (call) => ({ ...call })],
    ["null", () => null as unknown as Call],
  ])("is told when it passes on %s in place of a call", async (_what, change) => {
    const server = serverOf([(call, next) => next(change(call))], tool("a"));

    const outcome = await server.dispatch(incoming({ params: { name: "a" } }));

    expect(outcome).toMatchObject({ result: { isError: true, _meta: { "dev.plinth/error": { code: "MISUSE" } } } });
  });
});

describe("a middleware's own result", () => {
  it("goes out as it is", async () => {
    const server = serverOf([async () => ({ content: [{ type: "text", text: "cached" }] })], tool("a"));

    const outcome = await server.dispatch(incoming({ params: { name: "a" } }));

    expect(outcome).toStrictEqual({ result: { content: [{ type: "text", text: "cached" }] } });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["text", "postgres://user:pw@host"],
    ["a list", []],
    ["a circle", circle],
    ["a big integer", { content: [], id: 1n }],
  ])("is refused when it is %s, which no client could be sent", async (_what, returned) => {
    const server = serverOf([async () => returned as Result], tool("a"));

    const outcome = await server.dispatch(incoming({ params: { name: "a" } }));

    expect(outcome).toMatchObject({
      result: { isError: true, _meta: { "dev.plinth/error": { code: "INVALID_OUTPUT" } } },
    });
    expect(JSON.stringify(outcome)).not.toContain("pw@host");
  });
});

describe("what a handler leaves behind", () => {
  it("is dropped once the call has its answer, because nothing may follow that", async () => {
    const sent: string[] = [];
    const later = Promise.withResolvers<void>();
    const late = tool("late", (_input, ctx) => {
      setImmediate(() => {
        ctx.progress(1);
        void ctx.clientLog("error", "late").then(later.resolve);
      });
      return "done";
    });
    const record = async (what: string): Promise<void> => void sent.push(what);

    const outcome = await serverOf([], late).dispatch(
      incoming({ params: { name: "late" }, meta: { progressToken: 1 }, notify: record, clientLog: record }),
    );
    await later.promise;

    expect(outcome).toMatchObject({ result: { content: [{ text: "done" }] } });
    expect(sent).toStrictEqual([]);
  });

  it("is dropped once the client has cancelled", async () => {
    const sent: string[] = [];
    const cancel = new AbortController();
    const stubborn = tool("stubborn", (_input, ctx) => {
      cancel.abort();
      ctx.progress(1);
      return "done";
    });
    const notify = async (what: string): Promise<void> => void sent.push(what);

    await serverOf([], stubborn).dispatch(
      incoming({ params: { name: "stubborn" }, meta: { progressToken: 1 }, notify, signal: cancel.signal }),
    );

    expect(sent).toStrictEqual([]);
  });

  it("ends no process when nobody awaits a log message that fails", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const careless = tool("careless", (_input, ctx) => {
      void ctx.clientLog("error", circle);
      void ctx.clientLog("error", "the transport is gone");
      return "done";
    });

    const clientLog = (): Promise<void> => Promise.reject(new Error("EPIPE"));
    const outcome = await serverOf([], careless).dispatch(incoming({ params: { name: "careless" }, clientLog }));
    await delay(5);
    process.off("unhandledRejection", note);

    expect(outcome).toMatchObject({ result: { content: [{ text: "done" }] } });
    expect(unhandled).toStrictEqual([]);
  });
});

it("fails a call that the server's end has aborted for that reason, and not as an internal error", async () => {
  const patient = tool("patient", async (_input, ctx) => {
    await delay(60_000, undefined, { signal: ctx.signal });
  });
  const server = serverOf([], patient);

  const call = server.dispatch(incoming({ params: { name: "patient" } }));
  await server.close();

  expect(await call).toMatchObject({
    result: { content: [{ text: "The server is stopping" }], _meta: { "dev.plinth/error": { code: "UNAVAILABLE" } } },
  });
});

it("answers although the logger fails", async () => {
  const broken = { ...log, child: (): never => expect.fail("the logger is broken") };
  const failing = tool("failing", () => {
    throw new Error("postgres://user:pw@host");
  });
  const server = wireServer({ name: "t", version: "1", log: broken, components: [failing] });

  const outcome = await server.dispatch(incoming({ params: { name: "failing" } }));

  expect(outcome).toMatchObject({ result: { isError: true, _meta: { "dev.plinth/error": { code: "INTERNAL" } } } });
  expect(JSON.stringify(outcome)).not.toContain("pw@host");
});
