import { text } from "node:stream/consumers";
import { createTestClient } from "@plinth/testing";
import { afterEach, expect, test, vi } from "vitest";
import { createLocalSite } from "./testing/local-site.ts";
import { createTestServer } from "./testing/test-server.ts";

afterEach(() => void vi.unstubAllEnvs());

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

test("a client's trace goes through the server to the page that it has fetched, and to the collector", async () => {
  const spans: SentSpan[] = [];
  const received: (string | undefined)[] = [];
  await using site = await createLocalSite((request, response) => {
    if (request.url !== "/v1/traces") received.push(request.headers["traceparent"] as string | undefined);
    void text(request).then((body) => {
      if (request.url === "/v1/traces") spans.push(...toSpans(body));
      response.writeHead(200, { "content-type": "text/plain" }).end("A page");
    });
  });
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${site.port}`);
  vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const fetch = { allowedAddresses: ["127.0.0.1/32"], ports: [site.port] };

  {
    await using server = await createTestServer({ fetch });
    await using client = await createTestClient(server, { leakCheck: false });
    await client.sdk.callTool({
      name: "fetch_page",
      arguments: { url: `http://127.0.0.1:${site.port}/page` },
      _meta: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, baggage: "customer=ada" },
    });
    // What closes it sends what is left.
  }

  const span = spans.find(({ name }) => name === "tools/call fetch_page");
  expect(span).toMatchObject({ traceId, parentSpanId: "00f067aa0ba902b7" });
  expect(received).toEqual([`00-${traceId}-${span?.spanId}-01`]);
});

/** The spans of one export in OTLP's JSON. */
function toSpans(body: string): SentSpan[] {
  const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
}
