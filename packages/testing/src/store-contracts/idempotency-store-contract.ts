import { randomUUID } from "node:crypto";
import type { Awaitable } from "@plinth/core";
import type { IdempotencyAnswer, IdempotencyClaim, IdempotencyStore } from "@plinth/middleware";
import { describe, expect, it } from "vitest";

/** A store under test, and its time. */
export interface OpenIdempotencyStore {
  readonly store: IdempotencyStore;
  /** A second way to the same keys, such as another connection. @default `store` */
  readonly other?: IdempotencyStore;
  /** Lets time pass for the store. @default really waits */
  readonly advance?: (ms: number) => Awaitable<void>;
  /** Lets go of the store after each test. */
  readonly close?: () => Awaitable<void>;
}

/** A time that no test takes. */
const long = 60_000;

/**
 * What every `IdempotencyStore` promises, as tests. Call it where you would call `describe`, with a function that opens a
 * store; keys are new in each test, so one database serves all.
 */
export function idempotencyStoreContract(title: string, open: () => Awaitable<OpenIdempotencyStore>): void {
  describe(`${title} as an idempotency store`, () => {
    it("lets one claim begin, and tells the others that it runs, then what it gave", () =>
      withStore(open, async ({ store, other, key, begin }) => {
        const token = tokenOf(await begin(key));

        const during = await other.begin(key, claim());
        await store.finish(key, { token, value: '"done"', ttlMs: long });
        const after = await other.begin(key, claim());

        expect(during).toEqual({ state: "running" });
        expect(after).toEqual({ state: "finished", value: '"done"' });
      }));

    it("lets one of many claims at the same time begin", () =>
      withStore(open, async ({ store, other, key }) => {
        const answers = await Promise.all(
          Array.from({ length: 30 }, (_, at) => Promise.resolve((at % 2 === 0 ? store : other).begin(key, claim()))),
        );

        expect(answers.filter(({ state }) => state === "begun")).toHaveLength(1);
        expect(answers.filter(({ state }) => state === "running")).toHaveLength(29);
      }));

    it("refuses a key that was used for something else, while it runs and afterwards", () =>
      withStore(open, async ({ store, key, begin }) => {
        const token = tokenOf(await begin(key));

        const during = await begin(key, { fingerprint: "other" });
        await store.finish(key, { token, value: "1", ttlMs: long });
        const after = await begin(key, { fingerprint: "other" });

        expect([during.state, after.state]).toEqual(["mismatch", "mismatch"]);
      }));

    it("frees a key whose claim ends without a value", () =>
      withStore(open, async ({ store, key, begin }) => {
        const token = tokenOf(await begin(key));

        await store.finish(key, { token, value: undefined, ttlMs: long });
        const again = await begin(key, { fingerprint: "other" });

        expect(again.state).toBe("begun");
      }));

    it("listens to nobody but the holder of a claim", () =>
      withStore(open, async ({ store, key, begin }) => {
        const first = tokenOf(await begin(key));
        await store.finish(key, { token: first, value: undefined, ttlMs: long });
        const second = tokenOf(await begin(key));

        await store.finish(key, { token: first, value: '"stolen"', ttlMs: long });
        await store.finish(key, { token: "", value: undefined, ttlMs: long });
        const during = await begin(key);
        await store.finish(key, { token: second, value: '"own"', ttlMs: long });
        await store.finish(key, { token: second, value: '"again"', ttlMs: long });
        const after = await begin(key);

        expect(during.state).toBe("running");
        expect(after).toEqual({ state: "finished", value: '"own"' });
      }));

    it("forgets a value when its time is over, and not before", () =>
      withStore(open, async ({ store, key, begin, advance }) => {
        const token = tokenOf(await begin(key));
        await store.finish(key, { token, value: "1", ttlMs: 300 });

        await advance(100);
        const early = await begin(key);
        await advance(250);
        const late = await begin(key);

        expect(early.state).toBe("finished");
        expect(late.state).toBe("begun");
      }));

    it("keeps every key for itself, whatever is in it", () =>
      withStore(open, async ({ begin, key }) => {
        const names = ["", "a", "A", "a:b", "a b", "__proto__", "constructor", "ä", "{a}", "*", "a\n", "\u{1F600}"];

        const states = [];
        for (const name of names) states.push((await begin(key + name)).state);

        expect(states).toEqual(names.map(() => "begun"));
      }));
  });
}

interface Opened extends Required<Pick<OpenIdempotencyStore, "store" | "other" | "advance">> {
  /** Begins every key of the test. */
  readonly key: string;
  readonly begin: (key: string, claimed?: Partial<IdempotencyClaim>) => Promise<IdempotencyAnswer>;
}

function claim(claimed: Partial<IdempotencyClaim> = {}): IdempotencyClaim {
  return { fingerprint: "same", owner: "somebody", leaseMs: long, ...claimed };
}

function tokenOf(answer: IdempotencyAnswer): string {
  if (answer.state !== "begun") throw new Error(`The claim was answered with ${answer.state}`);
  return answer.token;
}

async function withStore(
  open: () => Awaitable<OpenIdempotencyStore>,
  test: (opened: Opened) => Promise<void>,
): Promise<void> {
  const { store, other = store, advance = sleep, close } = await open();
  try {
    const begin: Opened["begin"] = async (key, claimed) => store.begin(key, claim(claimed));
    await test({ store, other, advance, begin, key: `${randomUUID()}/` });
  } finally {
    await close?.();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
