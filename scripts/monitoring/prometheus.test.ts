import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createServer, defineTool, service, stderrLogger } from "../../packages/core/src/index.ts";
import { createMetrics } from "../../packages/observability/src/index.ts";
import { activateSpan } from "../../packages/observability/src/metrics/fixtures/active-span.ts";
import { createTestClient } from "../../packages/testing/src/index.ts";
import { checkScrape } from "./check-scrape.ts";
import { hasPrometheus, promtool } from "./prometheus-process.ts";

const deploy = join(import.meta.dirname, "../../deploy/prometheus");

// Where it is required, its absence is a failure and no reason to skip.
describe.skipIf(!hasPrometheus() && process.env.PLINTH_REQUIRE_PROMETHEUS !== "1")("With Prometheus", () => {
  it("promtool takes the rules and the configuration", async () => {
    const said = await promtool(["check", "config", join(deploy, "prometheus.yml")]);

    expect(said).toMatch(/SUCCESS: \d+ rules found/);
  });

  it("each alert fires on what it is for, and none on a server that is well", async () => {
    const said = await promtool(["test", "rules", join(import.meta.dirname, "alerts.test.yml")]);

    expect(said).toContain("SUCCESS");
  });

  it("a scraper understands a server's metrics, and the traces that go with them", async () => {
    using _span = activateSpan();
    await using server = createServer({
      name: "scraped",
      version: "1",
      log: stderrLogger({ level: "silent" }),
      services: { 'odd "name"\\': service({ start: () => 1 }) },
      components: [defineTool({ name: "price", handler: () => "12" })],
    });
    const metrics = createMetrics();
    server.use(metrics.middleware);
    metrics.attach(server);
    const listener = await metrics.listen({ port: 0 });
    await using client = await createTestClient(server, { leakCheck: false });
    await client.callTool("price", {});
    server.events.publish({ part: "cache", action: "hit", target: server.catalog.tools.get("price") });

    const found = await checkScrape(listener?.url ?? "");

    expect(found).toStrictEqual([
      "up: 1, server scraped 1",
      expect.stringMatching(/^\d+ series of plinth_\*, \d+ calls$/),
      expect.stringMatching(/^[1-9]\d* exemplars$/),
      "no alert is on",
    ]);
  });
});
