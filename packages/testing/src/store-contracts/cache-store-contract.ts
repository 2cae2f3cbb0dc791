import { randomUUID } from "node:crypto";
import type { Awaitable } from "@plinth/core";
import type { CacheStore, NewCacheEntry } from "@plinth/middleware";
import { describe, expect, it } from "vitest";

/** A store under test, and its time. */
export interface OpenCacheStore {
  readonly store: CacheStore;
  /** A second way to the same values, such as another connection. @default `store` */
  readonly other?: CacheStore;
  /** Lets time pass for the store. @default really waits */
  readonly advance?: (ms: number) => Awaitable<void>;
  /** Lets go of the store after each test. */
  readonly close?: () => Awaitable<void>;
}

/** A time that no test takes. */
const long = 60_000;

/**
 * What every `CacheStore` promises, as tests. Call it where you would call `describe`, with a function that opens a store;
 * keys and tags are new in each test, so one database serves all.
 */
export function cacheStoreContract(title: string, open: () => Awaitable<OpenCacheStore>): void {
  describe(`${title} as a cache store`, () => {
    it("gives back what it was given, as it was, by any way to it", () =>
      withStore(open, async ({ store, other, key, put }) => {
        const text = JSON.stringify({ a: "\u{1F600} \u2028 \0", b: [1, null] });

        const stored = await put(key, { text });
        const found = await other.get(key);
        const missing = await store.get(`${key}/`);

        expect(stored).toEqual({ kept: true, evicted: 0 });
        expect(found.text).toBe(text);
        expect(missing.text).toBeUndefined();
      }));

    it("forgets a value when its time is over, and tells its age until then", () =>
      withStore(open, async ({ store, key, put, advance }) => {
        await put(key, { ttlMs: 300 });

        await advance(100);
        const young = await store.get(key);
        await advance(250);
        const old = await store.get(key);

        expect(young.text).toBe("{}");
        expect(young.ageMs).toBeGreaterThanOrEqual(90);
        expect(young.ageMs).toBeLessThan(300);
        expect(old.text).toBeUndefined();
      }));

    it("replaces a value, and its tags", () =>
      withStore(open, async ({ store, key, put }) => {
        await put(key, { text: '"old"', tags: [`${key}old`] });
        await put(key, { text: '"new"', tags: [`${key}new`] });

        await store.invalidateTag(`${key}old`);
        const kept = await store.get(key);
        await store.invalidateTag(`${key}new`);
        const gone = await store.get(key);

        expect(kept.text).toBe('"new"');
        expect(gone.text).toBeUndefined();
      }));

    it("forgets every value with a tag, and no other", () =>
      withStore(open, async ({ store, other, key, put }) => {
        const tag = `${key}tag`;
        await put(`${key}1`, { tags: [tag, `${key}more`] });
        await put(`${key}2`, { tags: [tag] });
        await put(`${key}3`, { tags: [`${tag}2`, `${key}more`] });

        await other.invalidateTag(tag);
        const found = await Promise.all([1, 2, 3].map(async (at) => (await store.get(`${key}${at}`)).text));

        expect(found).toEqual([undefined, undefined, "{}"]);
      }));

    it("keeps no value that was made before an invalidation of its tag", () =>
      withStore(open, async ({ store, other, key }) => {
        const tag = `${key}tag`;
        const { mark } = await store.get(key);

        await other.invalidateTag(tag);
        const late = await store.set(key, { text: "{}", ttlMs: long, tags: [`${key}more`, tag], mark });
        const found = await store.get(key);
        const next = await store.set(key, { text: '"new"', ttlMs: long, tags: [tag], mark: found.mark });

        expect(late.kept).toBe(false);
        expect(found.text).toBeUndefined();
        expect(next.kept).toBe(true);
      }));

    it("keeps no value that was made before its key was deleted", () =>
      withStore(open, async ({ store, key, put }) => {
        await put(key, {});
        const { mark } = await store.get(key);

        await store.delete(key);
        const late = await store.set(key, { text: "{}", ttlMs: long, tags: [], mark });
        const found = await store.get(key);

        expect(late.kept).toBe(false);
        expect(found.text).toBeUndefined();
      }));

    it("keeps every key and tag for itself, whatever is in it", () =>
      withStore(open, async ({ store, key, put }) => {
        const names = ["a", "A", "a:b", "a b", "__proto__", "constructor", "ä", "{a}", "*", "a\n", "\u{1F600}"];
        for (const name of names) {
          await put(key + name, { text: JSON.stringify(name), tags: [`${key}${name}`] });
        }

        await store.invalidateTag(`${key}__proto__`);
        await store.delete(`${key}*`);
        const found = await Promise.all(names.map(async (name) => (await store.get(key + name)).text));

        const gone = new Set(["__proto__", "*"]);
        expect(found).toEqual(names.map((name) => (gone.has(name) ? undefined : JSON.stringify(name))));
      }));

    it("bears an invalidation of what is not there", () =>
      withStore(open, async ({ store, key }) => {
        await store.invalidateTag(key);
        await store.delete(key);

        expect((await store.get(key)).text).toBeUndefined();
      }));
  });
}

interface Opened extends Required<Pick<OpenCacheStore, "store" | "other" | "advance">> {
  /** Begins every key and tag of the test. */
  readonly key: string;
  /** Stores a value that was made just now. */
  readonly put: (key: string, entry: Partial<NewCacheEntry>) => Promise<unknown>;
}

async function withStore(
  open: () => Awaitable<OpenCacheStore>,
  test: (opened: Opened) => Promise<void>,
): Promise<void> {
  const { store, other = store, advance = sleep, close } = await open();
  try {
    const put: Opened["put"] = async (key, entry) => {
      const { mark } = await store.get(key);
      return store.set(key, { text: "{}", ttlMs: long, tags: [], mark, ...entry });
    };
    await test({ store, other, advance, put, key: `${randomUUID()}/` });
  } finally {
    await close?.();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
