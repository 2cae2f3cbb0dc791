import fc from "fast-check";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { stderrLogger } from "../context/logger.ts";
import { KitError } from "../errors/kit-error.ts";
import { createPlatformEvents } from "../events/platform-events.ts";
import { createServiceSet, type ServiceSetOptions } from "./service-set.ts";
import { service, type ServiceDefinition, type ServiceStartContext, type ServicesOf } from "./service.ts";

afterEach(() => void vi.useRealTimers());

function options(lines: string[] = []): ServiceSetOptions {
  return {
    log: stderrLogger({ write: (line) => void lines.push(line) }),
    events: createPlatformEvents(() => undefined),
  };
}

/** A service that writes down what happens to it. */
function recorded(
  journal: string[],
  name: string,
  { failsToStart = false, failsToStop = false } = {},
): ServiceDefinition {
  return service({
    async start() {
      await Promise.resolve();
      journal.push(`start ${name}`);
      if (failsToStart) throw new Error(`${name} is unreachable`);
      return name;
    },
    stop(value) {
      journal.push(`stop ${value}`);
      if (failsToStop) throw new Error(`${value} hangs on`);
    },
  });
}

describe("start and stop", () => {
  it("starts in order, rolls back in reverse and stops in reverse, whatever fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ failsToStart: fc.boolean(), failsToStop: fc.boolean() }), { maxLength: 8 }),
        fc.boolean(),
        async (plan, neverFailingStart) => {
          const journal: string[] = [];
          const names = plan.map((_, index) => `s${index}`);
          const definitions = Object.fromEntries(
            plan.map((step, index) => [
              `s${index}`,
              recorded(journal, `s${index}`, neverFailingStart ? { ...step, failsToStart: false } : step),
            ]),
          );
          const firstFailure = neverFailingStart ? -1 : plan.findIndex((step) => step.failsToStart);
          const up = firstFailure === -1 ? names : names.slice(0, firstFailure);
          const lines: string[] = [];
          const set = createServiceSet(definitions, options(lines));

          const outcome = await Promise.allSettled([set.start(), set.start()]);
          await Promise.all([set.stop(), set.stop()]);

          const attempted = firstFailure === -1 ? names : names.slice(0, firstFailure + 1);
          expect(journal.filter((entry) => entry.startsWith("start"))).toEqual(
            attempted.map((name) => `start ${name}`),
          );
          const stops = journal.filter((entry) => entry.startsWith("stop"));
          expect(stops).toEqual(up.toReversed().map((name) => `stop ${name}`));
          expect(outcome.map(({ status }) => status)).toEqual(
            Array(2).fill(firstFailure === -1 ? "fulfilled" : "rejected"),
          );
          expect(lines).toHaveLength(plan.filter((step, index) => step.failsToStop && index < up.length).length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("names the service that failed, keeps the cause and hides both from clients", async () => {
    const set = createServiceSet({ db: recorded([], "db", { failsToStart: true }) }, options());

    const error: unknown = await set.start().catch((thrown: unknown) => thrown);

    expect(KitError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "UNAVAILABLE", expose: false, cause: { message: "db is unreachable" } });
    expect((error as Error).message).toBe('Service "db" failed to start: db is unreachable');
  });

  it("gives up on a start that takes too long, aborts its signal, and stops what it still makes", async () => {
    vi.useFakeTimers();
    const journal: string[] = [];
    const late = Promise.withResolvers<string>();
    let seen: AbortSignal | undefined;
    const slow = service({
      start({ signal }) {
        seen = signal;
        return late.promise;
      },
      stop: (value: string) => void journal.push(`stop ${value}`),
    });
    const set = createServiceSet({ slow }, { ...options(), startTimeoutMs: 50 });

    const failure = set.start().catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(50);
    const error = await failure;
    late.resolve("too late");
    await vi.advanceTimersByTimeAsync(0);

    expect(error).toMatchObject({ message: 'Service "slow" failed to start: It was not up within 50 ms' });
    expect(seen?.aborted).toBe(true);
    expect(journal).toEqual(["stop too late"]);
  });

  it("ends a start in progress when it is stopped, and refuses to start again", async () => {
    const journal: string[] = [];
    const hanging = service({ start: () => new Promise<never>(() => undefined) });
    const set = createServiceSet({ first: recorded(journal, "first"), hanging }, options());

    const starting = set.start();
    await expect.poll(() => journal).toEqual(["start first"]);
    await set.stop();

    await expect(starting).rejects.toThrow("The server is stopping");
    expect(journal).toEqual(["start first", "stop first"]);
    await expect(set.start()).rejects.toMatchObject({ code: "MISUSE" });
  });

  it("goes on to the next service when one does not stop in time", async () => {
    vi.useFakeTimers();
    const journal: string[] = [];
    const lines: string[] = [];
    const stuck = service({ start: () => "stuck", stop: () => new Promise<never>(() => undefined) });
    const set = createServiceSet(
      { first: recorded(journal, "first"), stuck },
      { ...options(lines), stopTimeoutMs: 20 },
    );
    await set.start();

    const stopped = set.stop();
    await vi.advanceTimersByTimeAsync(20);
    await stopped;

    expect(journal).toEqual(["start first", "stop first"]);
    expect(lines.join("")).toContain("A service did not stop in time");
  });

  it("disposes of values that know how, when no stop is given", async () => {
    const disposed: string[] = [];
    const set = createServiceSet(
      {
        pool: service({ start: () => ({ [Symbol.asyncDispose]: async () => void disposed.push("pool") }) }),
        file: service({ start: () => ({ [Symbol.dispose]: () => void disposed.push("file") }) }),
        plain: service({ start: () => 5 }),
      },
      options(),
    );

    await set.start();
    await set.stop();

    expect(disposed).toEqual(["file", "pool"]);
  });
});

describe("values", () => {
  const db = service({ start: () => ({ query: (sql: string) => sql.length }) });
  const cache = service({
    start: ({ services }: ServiceStartContext<{ db: { query(sql: string): number } }>) => services.db.query("abc"),
  });

  it("are typed, and hand earlier services to later ones", async () => {
    const set = createServiceSet({ db, cache }, options());

    await set.start();

    expectTypeOf(set.values).toEqualTypeOf<{
      readonly db: { query: (sql: string) => number };
      readonly cache: number;
    }>();
    expectTypeOf<ServicesOf<{ db: typeof db }>["db"]>().toEqualTypeOf<{ query: (sql: string) => number }>();
    expect(set.values.cache).toBe(3);
    expect(Object.keys(set.values)).toEqual(["db", "cache"]);
  });

  it("throw a sentence that names the service before it is up", async () => {
    const set = createServiceSet({ cache, db }, options());

    expect(() => set.values.db).toThrow('Service "db" is not up: call start() first');
    await expect(set.start()).rejects.toThrow("a service that needs it must be declared after it");
  });

  it("take any name that an object can have", async () => {
    const definitions = Object.fromEntries(
      ["__proto__", "constructor", "toString"].map((name) => [name, recorded([], name)]),
    );
    const set = createServiceSet(definitions, options());

    await set.start();

    expect(Object.keys(set.values)).toEqual(["__proto__", "constructor", "toString"]);
    expect(set.values["constructor"]).toBe("constructor");
    expect(Object.keys((await set.health()).services)).toEqual(["__proto__", "constructor", "toString"]);
  });
});

describe("health", () => {
  async function healthOf(health: () => unknown): Promise<unknown> {
    const set = createServiceSet(
      { it: service({ start: () => 1, health: health as () => boolean }) },
      { ...options(), healthTimeoutMs: 20 },
    );
    await set.start();
    return (await set.health()).services["it"];
  }

  it("understands every answer, and takes anything else for down", async () => {
    expect(await healthOf(() => true)).toEqual({ status: "up" });
    expect(await healthOf(async () => false)).toEqual({ status: "down" });
    expect(await healthOf(() => "degraded")).toEqual({ status: "degraded" });
    expect(await healthOf(() => ({ status: "down", detail: "no route" }))).toEqual({
      status: "down",
      detail: "no route",
    });
    expect(await healthOf(() => Promise.reject(new Error("refused")))).toEqual({ status: "down", detail: "refused" });
    expect(await healthOf(() => undefined)).toMatchObject({ status: "down" });
    expect(await healthOf(() => "toString")).toMatchObject({ status: "down" });
    expect(await healthOf(() => new Promise(() => undefined))).toEqual({
      status: "down",
      detail: "No answer within 20 ms",
    });
  });

  it("is the worst of all services, and down before the start and after the stop", async () => {
    const set = createServiceSet(
      { good: service({ start: () => 1 }), tired: service({ start: () => 1, health: () => "degraded" as const }) },
      options(),
    );

    const before = await set.health();
    await set.start();
    const during = await set.health();
    await set.stop();
    const after = await set.health();

    expect(before).toMatchObject({ status: "down", services: { good: { detail: "Not started" } } });
    expect(during).toEqual({ status: "degraded", services: { good: { status: "up" }, tired: { status: "degraded" } } });
    expect(after).toMatchObject({ status: "down", services: { good: { detail: "Stopped" } } });
  });

  it("calls a server degraded, and not down, without a service that is not critical", async () => {
    const set = createServiceSet(
      { good: service({ start: () => 1 }), extra: service({ start: () => 1, health: () => false, critical: false }) },
      options(),
    );
    await set.start();

    const report = await set.health();

    expect(report).toEqual({ status: "degraded", services: { good: { status: "up" }, extra: { status: "down" } } });
  });

  it("costs one check per second however many ask, and never two of a check that hangs", async () => {
    vi.useFakeTimers();
    const health = vi.fn<() => boolean | Promise<boolean>>(() => true);
    const set = createServiceSet({ db: service({ start: () => 1, health }) }, { ...options(), healthTimeoutMs: 50 });
    await set.start();

    await Promise.all(Array.from({ length: 1_000 }, () => set.health()));
    expect(health).toHaveBeenCalledTimes(1);
    health.mockReturnValue(new Promise(() => undefined));
    for (let second = 0; second < 5; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      const report = set.health();
      await vi.advanceTimersByTimeAsync(50);
      expect((await report).status).toBe("down");
    }

    expect(health).toHaveBeenCalledTimes(2);
  });
});
