import { createServer, stderrLogger } from "@plinth/core";
import { expect, test } from "vitest";
import { executorService } from "./executor-service.ts";
import { testConfig } from "./testing/test-server.ts";

/** Processes that keep this one alive. Sandboxes that wait for a program do not. */
function childProcesses(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;
}

test("no sandbox is started before the first program, and none is left when the server has closed", async () => {
  const before = childProcesses();
  const server = createServer({
    name: "test",
    version: "0",
    log: stderrLogger({ level: "silent" }),
    services: { executor: executorService(testConfig().code) },
  });
  await server.start();
  const executor = await server.services.executor.get();
  const opened = childProcesses();
  const endless = executor.run("while (true) {}");
  await expect.poll(childProcesses).toBeGreaterThan(before);

  await server.close();

  expect(opened).toBe(before);
  expect(await endless).toMatchObject({ ok: false, failure: "cancelled" });
  await expect.poll(childProcesses).toBe(before);
  await expect(executor.run("return 1")).rejects.toMatchObject({ code: "closed" });
});
