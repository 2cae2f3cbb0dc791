import { expect, it } from "vitest";
import { stderrLogger } from "../context/logger.ts";
import { wireServer } from "../create-server.ts";
import { defineTool } from "../definitions/tool.ts";
import { incoming } from "../protocol/fixtures/incoming.ts";
import type { Middleware } from "./middleware.ts";

/** A server with tools that fail, log, ask and read their signal, behind `middleware`. */
function serverBehind(...middleware: Middleware[]) {
  const lines: Record<string, unknown>[] = [];
  const signals: AbortSignal[] = [];
  const server = wireServer({
    name: "t",
    version: "1",
    log: stderrLogger({ write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }),
    components: [
      defineTool({ name: "idle", handler: () => "done" }),
      defineTool({ name: "read_signal", handler: (_input, { signal }) => void signals.push(signal) }),
      defineTool({
        name: "nest",
        handler: async (_input, { invoke, tenant }) => [tenant, await invoke("tools/call", { name: "idle" })],
      }),
      defineTool({
        name: "ask",
        handler: async (_input, { elicit, tenant }) => {
          await elicit({ message: "Sure?", url: "https://example.com/" });
          return `answered for ${tenant}`;
        },
      }),
      defineTool({
        name: "break",
        handler: () => {
          throw new Error("inside");
        },
      }),
    ],
  }).use(...middleware);
  return {
    server,
    lines,
    signals,
    call: (name: string, changes = {}) => server.dispatch(incoming({ params: { name }, ...changes })),
  };
}

it("carries settled facts into the answer and the log of a call that fails outside the middleware", async () => {
  const { call, lines } = serverBehind((inner, next) => {
    inner.assign({ requestId: "from-the-proxy", logFields: { traceId: "abc" } });
    inner.assign({ tenant: "acme", logFields: { spanId: "def" } });
    return next();
  });

  const outcome = await call("break");

  expect(outcome).toMatchObject({
    result: { isError: true, _meta: { "dev.plinth/error": { requestId: "from-the-proxy" } } },
  });
  expect(lines).toMatchObject([
    {
      requestId: "from-the-proxy",
      tenant: "acme",
      traceId: "abc",
      spanId: "def",
      method: "tools/call",
      target: "break",
    },
  ]);
});

it("makes a signal only for those who read it, and once", async () => {
  let made = 0;
  const { call, signals } = serverBehind((inner, next) =>
    next(
      inner.with({
        signal: () => {
          made += 1;
          return AbortSignal.abort("early");
        },
      }),
    ),
  );

  await call("idle");
  const unread = made;
  await call("read_signal");

  expect([unread, made]).toEqual([0, 1]);
  expect(signals[0]?.reason).toBe("early");
});

it("tells how deep a call is in others", async () => {
  const depths: number[] = [];
  const { call } = serverBehind((inner, next) => {
    depths.push(inner.depth);
    return next();
  });

  await call("nest");

  expect(depths).toEqual([0, 1]);
});

it("seals what waits for a client for its tenant alone", async () => {
  let tenant = "acme";
  const { call } = serverBehind((inner, next) => {
    inner.assign({ tenant });
    return next();
  });
  const modern = { era: "modern", client: { info: undefined, capabilities: { elicitation: { url: {} } } } };
  const asked = await call("ask", modern);
  const { inputRequests, requestState } = (
    asked as { result: { inputRequests: Record<string, unknown>; requestState: string } }
  ).result;
  const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, { action: "accept" }]));

  const own = await call("ask", { ...modern, inputResponses, requestState });
  tenant = "rival";
  const foreign = await call("ask", { ...modern, inputResponses, requestState });

  expect(own).toMatchObject({ result: { content: [{ text: "answered for acme" }] } });
  expect(foreign).toMatchObject({ error: { message: "Invalid or expired requestState" } });
});

it("knows what has passed between a call and its client", async () => {
  const traffic: unknown[] = [];
  const { call } = serverBehind(async (inner, next) => {
    const result = await next();
    traffic.push(inner.traffic);
    return result;
  });
  const modern = { era: "modern", client: { info: undefined, capabilities: { elicitation: { url: {} } } } };

  await call("idle");
  await call("ask", modern);
  await call("idle", { ...modern, inputResponses: {} });

  expect(traffic).toEqual([
    { asked: false, reported: false, waitedMs: 0 },
    { asked: true, reported: false, waitedMs: 0 },
    { asked: true, reported: false, waitedMs: 0 },
  ]);
});
