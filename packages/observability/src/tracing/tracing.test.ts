import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { createServer, KitError, on, type Middleware } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { attributeNames } from "./attribute-names.ts";
import { recordSpans } from "./fixtures/recorded-spans.ts";
import { call, clientTrace, named, tools, traceparent, tracedServer } from "./fixtures/traced-server.ts";
import { tracing } from "./tracing.ts";

const spans = recordSpans();

beforeEach(() => void spans.take());

describe("a call's span", () => {
  it("follows the conventions for MCP, continues the client's trace, and has the handler's spans inside", async () => {
    const lines: string[] = [];
    const answer = await call(
      tracedServer(
        {},
        [
          (current, next) => {
            current.context.log.info("inside");
            return next();
          },
        ],
        lines,
      ),
      "nest",
      { traceparent, tracestate: "vendor=1" },
    );

    const all = spans.take();
    const [span] = named(all, "tools/call nest");
    const [inner] = named(all, "query");
    expect(span).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { spanId: "00f067aa0ba902b7", isRemote: true },
    });
    expect(span?.attributes).toMatchObject({
      "mcp.method.name": "tools/call",
      "gen_ai.tool.name": "nest",
      "gen_ai.operation.name": "execute_tool",
      "mcp.protocol.version": "2026-07-28",
      "plinth.request.id": expect.any(String) as unknown,
    });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(inner?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
    expect(JSON.parse(answer.content?.[0]?.text ?? "")).toEqual({
      traceparent: `00-${clientTrace}-${span?.spanContext().spanId}-01`,
      tracestate: "vendor=1",
    });
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ traceId: clientTrace, spanId: span?.spanContext().spanId });
  });

  it("is named after prompts too, and shows of a resource's URI nothing that could be a credential", async () => {
    await using client = await createTestClient(tracedServer(), { leakCheck: false });

    await client.getPrompt("greet");
    await client.readResource("https://user:pw@shop.example/page?token=hunter2");

    const all = spans.take();
    expect(named(all, "prompts/get greet")[0]?.attributes).toMatchObject({ "gen_ai.prompt.name": "greet" });
    expect(named(all, "resources/read")[0]?.attributes).toMatchObject({
      "mcp.resource.uri": "https://shop.example/page",
    });
  });

  it("has names that OpenTelemetry knows, besides our own", () => {
    const known = new Set(Object.values(conventions as Record<string, unknown>));

    const unknown = Object.values(attributeNames).filter((name) => !known.has(name));

    expect(unknown).toEqual([attributeNames.requestId, attributeNames.errorCode, attributeNames.tenant]);
  });

  it("takes nothing for its name that only the client knows", async () => {
    const server = tracedServer();

    await call(server, `made-up-${Math.random()}`);
    await call(server, "invent", {}, { method: "made/up" });
    await call(server, "invent", {}, { method: `x${" x".repeat(1_000)}` });

    const all = spans.take().filter(({ name }) => name !== "server/discover" && !name.endsWith("invent"));
    expect(all.map(({ name }) => name)).toEqual(["tools/call", "_OTHER", "_OTHER"]);
    expect(all[0]?.attributes).not.toHaveProperty("gen_ai.tool.name");
    expect(all[1]?.attributes).toMatchObject({ "mcp.method.name": "_OTHER", "rpc.response.status_code": "-32601" });
  });
});

describe("a failed call's span", () => {
  it("tells code and message of what clients may read, and of nothing else", async () => {
    const server = tracedServer();

    await call(server, "fails", {}, { how: "for the model" });
    await call(server, "fails", {}, { how: "limited" });
    await call(server, "fails", {}, { how: "unexpected" });
    await call(server, "fails", {}, { how: "oddly" });

    const [failed, limited, unexpected, odd] = named(spans.take(), "tools/call fails");
    expect(failed).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { "error.type": "tool_error" },
    });
    expect(limited).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: "Too many calls" },
      attributes: { "error.type": "-31429", "rpc.response.status_code": "-31429", "plinth.error.code": "RATE_LIMITED" },
    });
    expect(unexpected).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: "Internal error" },
      attributes: { "error.type": "tool_error", "plinth.error.code": "INTERNAL" },
      events: [],
    });
    expect(odd?.ended).toBe(true);
    expect(JSON.stringify([unexpected?.attributes, unexpected?.status])).not.toContain("hunter2");
  });

  it("ends also when what is inside throws at once", async () => {
    const refuse = on("tools/call", () => {
      throw new KitError("FORBIDDEN", "Not for you");
    });
    const server = tracedServer({}, [refuse]);

    await call(server, "add");

    expect(named(spans.take(), "tools/call add")[0]?.status.message).toBe("Not for you");
  });
});

describe("spans of one process", () => {
  it("link the span around, of an HTTP instrumentation say, when the client names another parent", async () => {
    const around = trace.getTracer("http").startSpan("POST /mcp");
    const server = tracedServer();
    const middleware = tracing();
    const inner: Middleware = (current, next) =>
      context.with(trace.setSpan(context.active(), around), () => middleware(current, next));
    const bare = createServer({ name: "shop", version: "1.0.0", components: tools }).use(inner);

    await call(bare, "add", { traceparent });
    await call(bare, "add");
    await server.close();
    around.end();

    const [linked, nested] = named(spans.take(), "tools/call add");
    expect(linked?.spanContext().traceId).toBe(clientTrace);
    expect(linked?.links.map(({ context: link }) => link.spanId)).toEqual([around.spanContext().spanId]);
    expect(nested?.parentSpanContext?.spanId).toBe(around.spanContext().spanId);
  });

  it("nest where one call invokes another, also when the client named a parent", async () => {
    await call(tracedServer(), "outer", { traceparent });

    const all = spans.take();
    const [outer] = named(all, "tools/call outer");
    const [inner] = named(all, "tools/call add");
    expect(inner).toMatchObject({
      kind: SpanKind.INTERNAL,
      parentSpanContext: { spanId: outer?.spanContext().spanId },
    });
  });

  it("link a repeated attempt to the first, inside of one span for the call", async () => {
    const retryTwice: Middleware = async (current, next) => {
      await next();
      return next(current.with({}));
    };

    await call(tracedServer({}, [retryTwice, tracing()]), "add", { traceparent });
    const inside = spans.take();
    const alone = createServer({ name: "shop", version: "1.0.0", components: tools }).use(retryTwice).use(tracing());
    await call(alone, "add", { traceparent });
    const [one, two] = named(spans.take(), "tools/call add");

    const [first, second, whole] = named(inside, "tools/call add");
    expect([first, second, whole].map((span) => span?.kind)).toEqual([
      SpanKind.INTERNAL,
      SpanKind.INTERNAL,
      SpanKind.SERVER,
    ]);
    expect(first?.parentSpanContext?.spanId).toBe(whole?.spanContext().spanId);
    expect(second?.links.map(({ context: link }) => link.spanId)).toEqual([first?.spanContext().spanId]);
    expect(two?.links.map(({ context: link }) => link.spanId)).toEqual([one?.spanContext().spanId]);
  });

  it("keep to their own call when many run at once", async () => {
    await using client = await createTestClient(tracedServer(), { leakCheck: false });
    const traces = Array.from({ length: 20 }, (_, index) => (index + 1).toString(16).padStart(32, "a"));

    const answers = await Promise.all(
      traces.map(async (id) => {
        const _meta = { traceparent: `00-${id}-00f067aa0ba902b7-01` };
        return JSON.stringify(await client.sdk.callTool({ name: "nest", _meta }));
      }),
    );

    expect(answers.map((answer, index) => answer.includes(traces[index] ?? ""))).toEqual(traces.map(() => true));
  });
});

it("lets no mistake of a sampler or a processor reach a call", async () => {
  const server = tracedServer();

  const answers = [await call(server, "breaks-sampler"), await call(server, "breaks-processor")];

  expect(answers.map((answer) => answer.content?.[0]?.text)).toEqual(["fine", "fine"]);
});

it("refuses an option that does not exist", () => {
  const make = () => tracing({ incoming: "trust" as "link" });

  expect(make).toThrow(
    expect.objectContaining({ code: "MISUSE", message: expect.stringContaining('"trust"') as unknown }),
  );
});
