import { createServer, defineResource, defineTool, KitError } from "@plinth/core";
import { runMatrix } from "@plinth/testing";
import { expect, it } from "vitest";
import { silentLog } from "../fixtures/silent-log.ts";
import { circuitBreaker } from "../resilience/circuit-breaker.ts";
import { retry } from "../resilience/retry.ts";
import { timeout } from "../resilience/timeout.ts";
import { cache } from "./cache.ts";
import { idempotency } from "./idempotency.ts";
import { responseLimit } from "./response-limit.ts";

runMatrix("the middleware around results", ({ connect }) => {
  it("times out, tries again, keeps, gives once and bounds", async () => {
    let runs = 0;
    const flaky = defineTool({
      name: "flaky",
      annotations: { readOnlyHint: true },
      handler: () => {
        runs += 1;
        if (runs === 1) throw new KitError("UNAVAILABLE", "away");
        return { run: runs };
      },
    });
    const hangs = defineTool({ name: "hangs", timeoutMs: 20, handler: () => new Promise<string>(() => undefined) });
    const order = defineTool({ name: "order", handler: () => ({ run: (runs += 1) }) });
    const large = defineResource({ uri: "data://large", ttlMs: 60_000, read: () => "x".repeat((runs += 5_000)) });
    const server = createServer({ name: "t", version: "1", components: [flaky, hangs, order, large], log: silentLog });
    server.use(
      idempotency(),
      cache({ ttlMs: 60_000 }),
      circuitBreaker(),
      timeout(),
      retry({ initialDelayMs: 1, maxDelayMs: 5 }),
      responseLimit({ maxBytes: 4_000 }),
    );
    await using client = await connect(server);
    const placed = async (): Promise<unknown> => {
      const params = { name: "order", arguments: {}, _meta: { "dev.plinth/idempotencyKey": "k" } };
      return (await client.sdk.callTool(params)).structuredContent;
    };

    const kept = [await client.callTool("flaky"), await client.callTool("flaky")];
    const orders = [await placed(), await placed()];
    const late = await client.callTool("hangs");
    const read = [await client.readResource("data://large"), await client.readResource("data://large")];

    expect(kept.map(({ structured }) => structured)).toEqual([{ run: 2 }, { run: 2 }]);
    expect(orders).toEqual([{ run: 3 }, { run: 3 }]);
    expect(late.result._meta?.["dev.plinth/error"]).toMatchObject({ code: "TIMEOUT" });
    expect(read[0]?.text).toContain("of 5003 characters left out");
    expect(read[1]?.text).toBe(read[0]?.text);
  });
});
