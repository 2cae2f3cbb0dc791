import { fakeClock, idempotencyStoreContract } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { memoryIdempotencyStore } from "./memory-idempotency-store.ts";

idempotencyStoreContract("memoryIdempotencyStore()", () => {
  const clock = fakeClock();
  return { store: memoryIdempotencyStore(), advance: (ms) => clock.tick(ms), close: () => clock[Symbol.dispose]() };
});

describe("memoryIdempotencyStore", () => {
  const claim = (owner: string) => ({ fingerprint: "same", owner, leaseMs: 1_000 });

  it("refuses new keys when it is full, and forgets none that counts", async () => {
    const store = memoryIdempotencyStore({ maxKeys: 2 });
    await store.begin("a", claim("1"));
    await store.begin("b", claim("2"));

    const states = [];
    for (const key of ["c", "a", "b"]) states.push((await store.begin(key, claim("3"))).state);

    expect(states).toEqual(["full", "running", "running"]);
  });

  it("lets no owner fill it for the others", async () => {
    const store = memoryIdempotencyStore({ maxKeysPerOwner: 2 });
    for (const key of ["a", "b"]) await store.begin(key, claim("greedy"));

    const greedy = await store.begin("c", claim("greedy"));
    const other = await store.begin("d", claim("other"));

    expect([greedy.state, other.state]).toEqual(["full", "begun"]);
  });

  it("makes room of what has expired", async () => {
    using clock = fakeClock();
    const store = memoryIdempotencyStore({ maxKeys: 1 });
    const begun = await store.begin("a", claim("1"));
    await store.finish("a", { token: begun.state === "begun" ? begun.token : "", value: "1", ttlMs: 5_000 });

    const before = await store.begin("b", claim("1"));
    await clock.tick(5_000);
    const after = await store.begin("b", claim("1"));

    expect([before.state, after.state]).toEqual(["full", "begun"]);
  });

  it("counts the bytes of answers", async () => {
    const store = memoryIdempotencyStore({ maxBytes: 100 });
    const begun = await store.begin("a", claim("1"));
    await store.finish("a", { token: begun.state === "begun" ? begun.token : "", value: "x".repeat(60), ttlMs: 5_000 });

    const next = await store.begin("b", claim("1"));

    expect(next.state).toBe("full");
  });
});
