import { cacheStoreContract, fakeClock } from "@plinth/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryCacheStore } from "./memory-cache-store.ts";

cacheStoreContract("memoryCacheStore()", () => {
  const clock = fakeClock();
  return { store: memoryCacheStore(), advance: (ms) => clock.tick(ms), close: () => clock[Symbol.dispose]() };
});

describe("memoryCacheStore", () => {
  it("lets the value go that was used least recently when there is no more room", async () => {
    const store = memoryCacheStore({ maxBytes: 10_000 });
    const text = JSON.stringify("x".repeat(1_000));
    const put = async (key: string) =>
      store.set(key, { text, ttlMs: 1_000, tags: ["tag"], mark: (await store.get("none")).mark });
    for (const key of ["a", "b", "c", "d"]) await put(key);
    await store.get("a");

    const stored = await put("e");
    const left = await Promise.all(["a", "b", "c", "d", "e"].map(async (key) => (await store.get(key)).text));

    expect(stored).toEqual({ kept: true, evicted: 1 });
    expect(left).toEqual([text, undefined, text, text, text]);
  });

  it("does not throw everything out for a value that cannot fit", async () => {
    const store = memoryCacheStore({ maxBytes: 2_000 });
    const { mark } = await store.get("a");
    await store.set("a", { text: "1", ttlMs: 1_000, tags: [], mark });

    const stored = await store.set("b", { text: "x".repeat(5_000), ttlMs: 1_000, tags: [], mark });

    expect(stored).toEqual({ kept: false, evicted: 0 });
    expect((await store.get("a")).text).toBe("1");
  });

  it("remembers so many invalidations at most, and then keeps rather less than too much", async () => {
    const store = memoryCacheStore();
    const { mark } = await store.get("key");
    await store.invalidateTag("first");

    for (let at = 0; at < 10_001; at += 1) await store.invalidateTag(`tag ${at}`);
    const old = await store.set("key", { text: "1", ttlMs: 1_000, tags: ["first"], mark });
    const unrelated = await store.set("other", { text: "1", ttlMs: 1_000, tags: [], mark });

    expect([old.kept, unrelated.kept]).toEqual([false, false]);
  });

  it("never gives what was invalidated, whatever the order of events", async () => {
    const key = fc.constantFrom("a", "b");
    const event = fc.oneof(
      fc.record({ do: fc.constant("look" as const), key }),
      fc.record({ do: fc.constant("set" as const), key }),
      fc.record({ do: fc.constant("delete" as const), key }),
      fc.record({ do: fc.constant("invalidate" as const), key }),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const store = memoryCacheStore();
        const marks = new Map<string, { mark: string; version: number }>();
        const versions = new Map([
          ["a", 0],
          ["b", 0],
        ]);
        for (const { do: what, key: name } of events) {
          const version = versions.get(name) ?? 0;
          if (what === "look") marks.set(name, { mark: (await store.get(name)).mark, version });
          if (what === "delete") await store.delete(name);
          if (what === "invalidate") await store.invalidateTag(`tag ${name}`);
          if (what === "delete" || what === "invalidate") versions.set(name, version + 1);
          const seen = marks.get(name);
          if (what === "set" && seen !== undefined) {
            const entry = { text: String(seen.version), ttlMs: 1_000, tags: [`tag ${name}`], mark: seen.mark };
            await store.set(name, entry);
          }
          const { text } = await store.get(name);
          expect([undefined, String(versions.get(name))]).toContain(text);
        }
      }),
    );
  });

  it.each([0, -1, Number.NaN, Infinity])("refuses %s bytes", (maxBytes) => {
    expect(() => memoryCacheStore({ maxBytes })).toThrow(/maxBytes is /);
  });
});
