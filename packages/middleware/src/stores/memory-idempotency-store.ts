import { assertWholeNumber } from "@plinth/core";
import type { IdempotencyStore } from "./idempotency-store.ts";

/** Options for {@link memoryIdempotencyStore}. */
export interface MemoryIdempotencyStoreOptions {
  /** Keys that are remembered at most. @default 10_000 */
  readonly maxKeys?: number;
  /** Keys of one caller that are remembered at most. @default 1_000 */
  readonly maxKeysPerOwner?: number;
  /** Bytes that answers may take, counted at two for each character. @default 64 MiB */
  readonly maxBytes?: number;
}

interface Held {
  readonly fingerprint: string;
  readonly owner: string;
  readonly token: string;
  /** Absent while it runs. */
  value: string | undefined;
  until: number;
}

/**
 * An {@link IdempotencyStore} in this process. A claim lives until it is finished, since whoever holds it lives as long as
 * the store. What has expired goes when room is needed; what has not stays, and new keys are refused.
 *
 * @throws KitError `MISUSE` for a bound that cannot be
 */
export function memoryIdempotencyStore({
  maxKeys = 10_000,
  maxKeysPerOwner = 1_000,
  maxBytes = 64 * 1024 * 1024,
}: MemoryIdempotencyStoreOptions = {}): IdempotencyStore {
  assertWholeNumber("maxKeys", maxKeys, { least: 1 });
  assertWholeNumber("maxKeysPerOwner", maxKeysPerOwner, { least: 1 });
  assertWholeNumber("maxBytes", maxBytes, { least: 1 });
  const keys = new Map<string, Held>();
  const perOwner = new Map<string, number>();
  let bytes = 0;
  let tokens = 0;
  let nextSweep = 0;

  const remove = (key: string, held: Held): void => {
    keys.delete(key);
    bytes -= 2 * (held.value?.length ?? 0);
    const left = (perOwner.get(held.owner) ?? 1) - 1;
    if (left === 0) perOwner.delete(held.owner);
    else perOwner.set(held.owner, left);
  };

  /** Looks through everything, so not more often than every second however many claims find no room. */
  const sweep = (now: number): void => {
    if (now < nextSweep) return;
    nextSweep = now + 1_000;
    for (const [key, held] of keys) if (now >= held.until) remove(key, held);
  };

  const hasRoom = (owner: string): boolean =>
    keys.size < maxKeys && bytes < maxBytes && (perOwner.get(owner) ?? 0) < maxKeysPerOwner;

  return {
    begin(key, { fingerprint, owner }) {
      const now = performance.now();
      const held = keys.get(key);
      if (held !== undefined && now < held.until) {
        if (held.fingerprint !== fingerprint) return { state: "mismatch" };
        return held.value === undefined ? { state: "running" } : { state: "finished", value: held.value };
      }
      if (held !== undefined) remove(key, held);
      if (!hasRoom(owner)) sweep(now);
      if (!hasRoom(owner)) return { state: "full" };
      const token = String((tokens += 1));
      keys.set(key, { fingerprint, owner, token, value: undefined, until: Infinity });
      perOwner.set(owner, (perOwner.get(owner) ?? 0) + 1);
      return { state: "begun", token };
    },
    finish(key, { token, value, ttlMs }) {
      const held = keys.get(key);
      if (held === undefined || held.token !== token || held.value !== undefined) return;
      if (value === undefined) {
        remove(key, held);
        return;
      }
      held.value = value;
      held.until = performance.now() + ttlMs;
      bytes += 2 * value.length;
    },
  };
}
