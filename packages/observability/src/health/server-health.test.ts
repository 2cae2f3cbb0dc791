import { createServer, service, stderrLogger, type HealthReport } from "@plinth/core";
import { describe, expect, it } from "vitest";
import { createHealthReader, worstHealth, type ServerHealth } from "./server-health.ts";

const log = stderrLogger({ level: "silent" });
const of = (ready: boolean, status: "up" | "degraded" | "down"): ServerHealth => ({
  ready,
  state: ready ? "serving" : "starting",
  report: { status, services: { db: { status }, ["__proto__"]: { status } } },
});

describe("the health of one process", () => {
  it("is ready once its services are up, and no longer when one is down", async () => {
    let status: "up" | "degraded" | "down" = "up";
    await using server = createServer({
      name: "t",
      version: "1",
      log,
      services: { db: service({ start: () => 1, health: () => status }) },
    });
    const read = createHealthReader(server);
    const before = await read();

    await server.start();
    const up = await read();
    status = "down";
    await expect.poll(async () => (await read()).report.status).toBe("down");
    const down = await read();

    expect([before.ready, up.ready, down.ready]).toStrictEqual([false, true, false]);
  });

  it("is what it was while a check hangs", async () => {
    let check: () => Promise<HealthReport> = () => Promise.resolve({ status: "degraded", services: {} });
    const server = Object.assign(createServer({ name: "t", version: "1", log }), { health: () => check() });
    const read = createHealthReader(server);
    await read();

    check = () => new Promise(() => undefined);
    const hanging = await read();
    check = () => Promise.reject(new Error("a broken check"));
    const broken = await read();
    await server.close();

    expect(hanging.report.status).toBe("degraded");
    expect(broken.ready).toBe(false);
  });
});

describe("the health of several processes", () => {
  it("is ready while one of them is, and tells the worst of each service", () => {
    const both = worstHealth([of(true, "up"), of(false, "down")]);

    expect(both).toMatchObject({ ready: true, state: "serving", report: { status: "degraded" } });
    expect(both.report.services["db"]).toStrictEqual({ status: "down" });
  });

  it("is not ready when there is none, or none that is", () => {
    expect(worstHealth([])).toMatchObject({ ready: false, state: "starting" });
    expect(worstHealth([of(false, "down"), of(false, "down")])).toMatchObject({ ready: false });
  });
});
