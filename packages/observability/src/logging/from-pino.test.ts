import { createServer, defineTool } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { pino } from "pino";
import { expect, it } from "vitest";
import { fromPino } from "./from-pino.ts";

it("logs through pino as it was set up, with the fields of each call", async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { level: "info", redact: ["card"], base: { app: "shop" } },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  await using server = createServer({
    name: "shop",
    version: "1.0.0",
    log: fromPino(logger),
    components: [
      defineTool({
        name: "pay",
        handler: (_input, { log }) => {
          log.debug("Not this one");
          log.info("Paid", { card: "4111", amount: 3 });
          log.warn("Late");
          return "ok";
        },
      }),
    ],
  });
  await using client = await createTestClient(server);

  await client.callTool("pay");

  expect(lines).toMatchObject([
    { level: 30, app: "shop", msg: "Paid", card: "[Redacted]", amount: 3, method: "tools/call", target: "pay" },
    { level: 40, app: "shop", msg: "Late", target: "pay" },
  ]);
});
