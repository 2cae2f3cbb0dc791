import { context, propagation } from "@opentelemetry/api";
import type { Middleware } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { recordSpans } from "./fixtures/recorded-spans.ts";
import { call, clientTrace, named, traceparent, tracedServer } from "./fixtures/traced-server.ts";
import { traceHeaders } from "./trace-headers.ts";

const spans = recordSpans();

beforeEach(() => void spans.take());

describe("the trace that a client says it is in", () => {
  it("is not believed when it is none", async () => {
    const server = tracedServer();
    await using client = await createTestClient(server, { leakCheck: false });
    const odd = fc.oneof(
      fc.string(),
      fc.jsonValue(),
      fc.constantFrom(
        `ff-${clientTrace}-00f067aa0ba902b7-01`,
        `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
        `00-${clientTrace}-0000000000000000-01`,
        `00-${clientTrace}-00f067aa0ba902b7-01-${"x".repeat(100_000)}`,
        `00-${clientTrace}\r\nx: y-00f067aa0ba902b7-01`,
      ),
    );

    await fc.assert(
      fc.asyncProperty(odd, odd, async (parent, state) => {
        spans.take();
        await client.sdk.callTool({ name: "add", _meta: { traceparent: parent, tracestate: state, baggage: state } });
        const [span] = named(spans.take(), "tools/call add");
        expect(span?.parentSpanContext).toBeUndefined();
        expect(span?.spanContext().traceId).not.toBe(clientTrace);
      }),
      { numRuns: 50 },
    );
  });

  it("is only linked to, with a sampling decision of our own, when clients are strangers", async () => {
    const server = tracedServer({ incoming: "link" });

    await call(server, "add", { traceparent });
    await call(server, "unsampled", { traceparent });

    const all = spans.take();
    const [span] = named(all, "tools/call add");
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.links.map(({ context: link }) => link.traceId)).toEqual([clientTrace]);
    expect(named(all, "tools/call unsampled")).toEqual([]);
  });

  it("is not looked at when it is ignored", async () => {
    await call(tracedServer({ incoming: "ignore" }), "add", { traceparent });

    expect(named(spans.take(), "tools/call add")[0]).toMatchObject({ parentSpanContext: undefined, links: [] });
  });

  it("decides what is recorded, and what goes on to others says so", async () => {
    const lines: string[] = [];
    const logging: Middleware = (current, next) => {
      current.context.log.info("inside");
      return next();
    };
    const answer = await call(tracedServer({}, [logging], lines), "add", {
      traceparent: traceparent.replace(/01$/, "00"),
    });
    const own = await call(tracedServer(), "unsampled");

    expect(named(spans.take(), "tools/call add")).toEqual([]);
    expect(answer.content?.[0]?.text).toBe("2");
    expect(own.content?.[0]?.text).toMatch(/-00"}$/);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ traceId: clientTrace });
  });

  it("may bring baggage of up to 8,192 characters, which goes no further by itself", async () => {
    const server = tracedServer();
    const baggage = "shop=north";

    const small = await call(server, "baggage", { traceparent, baggage });
    const large = await call(server, "baggage", { traceparent, baggage: `a=${"x".repeat(8_192)}` });
    const refused = await call(tracedServer({ baggage: false }), "baggage", { traceparent, baggage });
    const active = propagation.setBaggage(context.active(), propagation.createBaggage({ shop: { value: "north" } }));
    const [sent, asked] = context.with(active, () => [traceHeaders(), traceHeaders({ baggage: true })]);

    expect([small, large, refused].map((answer) => answer.content?.[0]?.text)).toEqual([
      '[["shop",{"value":"north"}]]',
      "[]",
      "[]",
    ]);
    expect(sent).toEqual({});
    expect(asked).toEqual({ baggage });
  });

  it("is read from HTTP headers where `_meta` has none", async () => {
    await using server = tracedServer();
    const { url } = await server.listen({ port: 0 });
    const params = { name: "add" };

    await post(url, { method: "tools/call", params }, { traceparent });
    const other = { traceparent: `00-${"1".repeat(32)}-00f067aa0ba902b7-01` };
    await post(url, { method: "tools/call", params: { ...params, _meta: { traceparent } } }, other);

    const found = named(spans.take(), "tools/call add");
    expect(found.map((span) => span.spanContext().traceId)).toEqual([clientTrace, clientTrace]);
    expect(found[0]?.attributes).toMatchObject({ "network.transport": "tcp", "network.protocol.name": "http" });
  });
});

/** One request of the legacy era, without a session. */
async function post(
  url: string,
  request: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-11-25",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...request }),
  });
  await response.text();
}
