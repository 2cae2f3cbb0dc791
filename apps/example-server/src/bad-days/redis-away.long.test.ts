import { expect, describe, test } from "vitest";
import type { BadDay } from "./fixtures/bad-day-server.ts";
import { createCuttingProxy, type CuttingProxy } from "./fixtures/cutting-proxy.ts";
import { redis, redisAnswers } from "./fixtures/redis-port.ts";
import { eventually, startServer, type LogLine, type RunningServer } from "./fixtures/running-server.ts";

type Break = (proxy: CuttingProxy) => Promise<void> | void;
const ways: readonly (readonly [string, Break])[] = [
  ["crashes", (proxy) => proxy.crash()],
  ["goes silent", (proxy) => proxy.hang()],
];

function start({ port }: CuttingProxy, day: BadDay = {}): RunningServer {
  const env = { BAD_DAY: JSON.stringify({ redisPort: port, ...day }), LIMITS_BURST: "100000" };
  return startServer({ env: { ...env, LIMITS_REQUESTS_PER_MINUTE: "600" } });
}

const isOutage = ({ message }: LogLine): boolean => message.startsWith("The rate limits' store is away");

async function timed<T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const began = performance.now();
  const value = await work;
  return { value, ms: performance.now() - began };
}

describe.runIf(await redisAnswers())("the stores' Redis", () => {
  test.concurrent.for(ways)(
    "that %s has calls refused where limits must hold, and is used again when it is back",
    async ([, away]) => {
      await using proxy = await createCuttingProxy(redis);
      await using server = start(proxy, { onStoreError: "refuse" });
      const before = await server.call("echo", { text: "hi" });
      await away(proxy);

      const refused = await timed(server.call("echo", { text: "hi" }));
      await server.call("echo", { text: "hi" });
      await proxy.comeBack();
      const after = await eventually(
        () => server.call("echo", { text: "hi" }),
        ({ code }) => code === undefined,
      );
      await server.logged(isOutage);

      expect(before.text).toBe("hi");
      expect(refused.value).toMatchObject({ text: "The rate limit cannot be checked; try again in 1 s" });
      expect(refused.ms).toBeLessThan(4_000);
      expect(after.text).toBe("hi");
      // An outage is one line, however many calls it costs.
      expect(server.log.filter(isOutage)).toHaveLength(1);
      expect(await server.metric('plinth_store_failures_total{part="rate-limit"')).toBeGreaterThanOrEqual(2);
    },
  );

  test.concurrent.for(ways)(
    "that %s costs unlimited calls nothing but time, and their answers are made anew",
    async ([, away]) => {
      await using proxy = await createCuttingProxy(redis);
      await using server = start(proxy, { onStoreError: "allow" });
      const cached = [await server.call("count"), await server.call("count")];
      await away(proxy);

      const through = await timed(server.call("count"));
      const key = { headers: { "idempotency-key": "while-away" } };
      const refused = await timed(server.call("act", {}, key));
      const free = await server.call("act");
      await proxy.comeBack();
      const again = await eventually(
        () => server.call("act", {}, { headers: { "idempotency-key": "when-back" } }),
        ({ code }) => code === undefined,
      );
      const twice = await server.call("act", {}, { headers: { "idempotency-key": "when-back" } });

      expect(cached.map(({ text }) => text)).toEqual(["1", "1"]);
      // A limit, an answer: each waits for Redis for as long as it may, then goes on without.
      expect(through.value.text).toBe("2");
      expect(through.ms).toBeLessThan(6_000);
      // What must happen once is not done while nobody can say whether it was.
      expect(refused.value.text).toContain("Idempotency keys cannot be checked now");
      expect(refused.ms).toBeLessThan(6_000);
      expect(free.text).toBe("3");
      expect([again.text, twice.text]).toEqual(["4", "4"]);
      for (const part of ["rate-limit", "cache", "idempotency"]) {
        expect(await server.metric(`plinth_store_failures_total{part="${part}"`)).toBeGreaterThanOrEqual(1);
      }
    },
  );
});
