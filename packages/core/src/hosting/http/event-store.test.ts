import { expect, test } from "vitest";
import { createEventStore } from "./event-store.ts";

const message = (id: number, text = ""): { jsonrpc: "2.0"; id: number; result: { text: string } } => ({
  jsonrpc: "2.0",
  id,
  result: { text },
});

async function replay(store: ReturnType<typeof createEventStore>, after: string): Promise<unknown[]> {
  const ids: unknown[] = [];
  await store.replayEventsAfter(after, { send: async (_id, sent) => void ids.push((sent as { id?: unknown }).id) });
  return ids;
}

test("A stream is replayed after the event that the client has, without those of other streams", async () => {
  const store = createEventStore({ maxEvents: 10, maxEventBytes: 1_000 });
  const first = await store.storeEvent("a", message(1));
  await store.storeEvent("b", message(2));
  await store.storeEvent("a", message(3));

  expect(await replay(store, first)).toEqual([3]);
  expect(await store.getStreamIdForEventId?.(first)).toBe("a");
});

test("The event that primes a stream marks a place and is not replayed", async () => {
  const store = createEventStore({ maxEvents: 10, maxEventBytes: 1_000 });
  const before = await store.storeEvent("a", message(1));
  const priming = await store.storeEvent("a", {} as never);
  await store.storeEvent("a", message(2));

  expect([await replay(store, before), await replay(store, priming)]).toEqual([[2], [2]]);
});

test("The oldest events go first, and a client that missed one is refused", async () => {
  const store = createEventStore({ maxEvents: 2, maxEventBytes: 1_000 });
  const ids: string[] = [];
  for (let id = 1; id <= 4; id += 1) ids.push(await store.storeEvent("a", message(id)));

  const known = await Promise.all(ids.map((id) => store.getStreamIdForEventId?.(id)));

  expect(known).toEqual([undefined, "a", "a", "a"]);
  expect(await replay(store, ids[1]!)).toEqual([3, 4]);
  await expect(replay(store, ids[0]!)).rejects.toThrow("not held");
});

test("Bytes are bounded too, and a message above the bound is not kept", async () => {
  const store = createEventStore({ maxEvents: 100, maxEventBytes: 200 });
  const small = await store.storeEvent("a", message(1));

  await store.storeEvent("a", message(2, "x".repeat(1_000)));

  expect(await store.getStreamIdForEventId?.(small)).toBeUndefined();
});

test("What a message becomes after it was stored does not change the replay", async () => {
  const store = createEventStore({ maxEvents: 10, maxEventBytes: 1_000 });
  const before = await store.storeEvent("a", {} as never);
  const mutable = message(1);
  await store.storeEvent("a", mutable);

  mutable.id = 99;

  expect(await replay(store, before)).toEqual([1]);
});

test.for(["", "1", "-a", "1-b", "999-a", "99999999999999999999-a", "__proto__"])(
  "The id %j is nobody's",
  async (id) => {
    const store = createEventStore({ maxEvents: 10, maxEventBytes: 1_000 });
    await store.storeEvent("a", message(1));

    expect(await store.getStreamIdForEventId?.(id)).toBeUndefined();
  },
);
