import {
  createServer,
  defineTool,
  KitError,
  service,
  type HealthReport,
  type HealthStatus,
  type PlatformEvent,
} from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { silentLog } from "../fixtures/silent-log.ts";
import { serviceGuard, type ServiceGuardOptions } from "./service-guard.ts";

const reportOf = (status: HealthStatus): HealthReport => ({ status, services: { db: { status } } });

async function guarded(
  health: () => Promise<HealthReport>,
  { handler = () => "done", ...options }: Omit<ServiceGuardOptions, "health"> & { handler?: () => string } = {},
) {
  const events: PlatformEvent[] = [];
  const server = createServer({
    name: "t",
    version: "1",
    log: silentLog,
    services: { db: service({ start: () => "db" }) },
    components: [
      defineTool({ name: "query", requires: ["db"], handler }),
      defineTool({ name: "free", handler: () => "done" }),
    ],
  }).use(serviceGuard({ health, ...options }));
  server.events.subscribe((event) => void events.push(event));
  const client = await createTestClient(server, { clock: "fake" });
  return {
    events,
    client,
    call: async (tool = "query") => (await client.callTool(tool, {})).text,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close();
    },
  };
}

describe("serviceGuard", () => {
  it("refuses what requires a service that is down, and nothing else", async () => {
    await using server = await guarded(() => Promise.resolve(reportOf("down")));

    const results = [await server.call(), await server.call("free")];

    expect(results).toEqual(['The service "db" is not available; try again in 5 s', "done"]);
    expect(server.events).toMatchObject([{ part: "service-guard", action: "refused", target: { name: "query" } }]);
  });

  it.each<HealthStatus>(["up", "degraded"])("lets calls through to a service that is %s", async (status) => {
    await using server = await guarded(() => Promise.resolve(reportOf(status)));

    expect(await server.call()).toBe("done");
  });

  it.each([
    [new Error("Connection terminated"), 2],
    [new KitError("TIMEOUT", "late"), 2],
    [new KitError("INVALID_ARGUMENTS", "no such column"), 1],
  ])("asks again at once after a call failed with %s: %i times in all", async (thrown, times) => {
    let asked = 0;
    const health = (): Promise<HealthReport> => {
      asked += 1;
      return Promise.resolve(reportOf(asked === 1 ? "up" : "down"));
    };
    const handler = (): string => {
      throw thrown;
    };
    await using server = await guarded(health, { handler });
    await server.call();

    const second = await server.call();

    expect(asked).toBe(times);
    expect(second.includes("not available")).toBe(times === 2);
  });

  it("asks once for all calls of the time that a report counts, and again after it", async () => {
    let asked = 0;
    let status: HealthStatus = "down";
    const health = () => {
      asked += 1;
      return Promise.resolve(reportOf(status));
    };
    await using server = await guarded(health, { refreshMs: 1_000 });
    await Promise.all([server.call(), server.call(), server.call()]);

    status = "up";
    await server.client.clock.tick(1_000);
    const before = await server.call();
    await server.client.clock.tick(1);
    const after = await server.call();

    expect(before).toContain("not available; try again in 1 s");
    expect(after).toBe("done");
    expect(asked).toBe(2);
  });

  it("waits no longer for a first check than told, and not at all for one that takes longer", async () => {
    await using server = await guarded(() => new Promise(() => {}), { refreshMs: 1_000, maxWaitMs: 100 });

    const first = server.call();
    await server.client.clock.tick(100);
    const unknown = await first;
    const atOnce = await server.call();

    expect([unknown, atOnce]).toEqual(["done", "done"]);
  });

  it("goes by the last report while a check hangs, but not for ever", async () => {
    let hangs = false;
    const health = () => (hangs ? new Promise<HealthReport>(() => {}) : Promise.resolve(reportOf("down")));
    await using server = await guarded(health, { refreshMs: 1_000, maxWaitMs: 100 });
    await server.call();
    hangs = true;
    await server.client.clock.tick(1_001);

    const waiting = server.call();
    await server.client.clock.tick(100);
    const known = await waiting;
    await server.client.clock.tick(9_000);
    const later = await server.call();

    expect(known).toContain("not available");
    expect(later).toBe("done");
  });

  it.each<[string, () => Promise<HealthReport>]>([
    ["rejects", () => Promise.reject(new Error("no"))],
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["says nothing", () => Promise.resolve(undefined as unknown as HealthReport)],
    ["does not know the service", () => Promise.resolve({ status: "down", services: {} })],
  ])("lets calls through when the check %s", async (_what, health) => {
    await using server = await guarded(health);

    expect(await server.call()).toBe("done");
  });

  it("refuses options that cannot be", () => {
    expect(() => serviceGuard({ health: undefined as never })).toThrow("give () => server.health()");
    expect(() => serviceGuard({ health: () => Promise.resolve(reportOf("up")), refreshMs: 0 })).toThrow(
      "refreshMs is 0",
    );
  });
});
