import { assertWholeNumber } from "@plinth/core";
import type { CacheStore, NewCacheEntry } from "./cache-store.ts";

/** Options for {@link memoryCacheStore}. */
export interface MemoryCacheStoreOptions {
  /** Bytes that keys, values and tags may take, counted at two for each character. @default 64 MiB */
  readonly maxBytes?: number;
}

interface Kept {
  readonly text: string;
  readonly tags: readonly string[];
  readonly storedAt: number;
  readonly until: number;
  readonly bytes: number;
}

/** Bytes that an entry takes besides its texts, about. */
const overhead = 300;

/** Invalidations that are remembered for values in the making; older ones count for everything that began before them. */
const maxInvalidations = 10_000;

/**
 * A {@link CacheStore} in this process, bounded in bytes; the value that was used least recently goes first.
 * @throws KitError `MISUSE` for a bound that cannot be
 */
export function memoryCacheStore({ maxBytes = 64 * 1024 * 1024 }: MemoryCacheStoreOptions = {}): CacheStore {
  assertWholeNumber("maxBytes", maxBytes, { least: 1 });
  // In order of use, the oldest first.
  const entries = new Map<string, Kept>();
  const byTag = new Map<string, Set<string>>();
  const invalidations = new Map<string, number>();
  let bytes = 0;
  let moment = 0;
  let forgotten = 0;

  const remove = (key: string): void => {
    const kept = entries.get(key);
    if (kept === undefined) return;
    entries.delete(key);
    bytes -= kept.bytes;
    for (const tag of kept.tags) {
      const keys = byTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) byTag.delete(tag);
    }
  };

  const invalidate = (subject: string): void => {
    moment += 1;
    invalidations.delete(subject);
    invalidations.set(subject, moment);
    if (invalidations.size <= maxInvalidations) return;
    const [oldest, at] = invalidations.entries().next().value as [string, number];
    invalidations.delete(oldest);
    forgotten = at;
  };

  const isOutdated = (key: string, { tags, mark }: NewCacheEntry): boolean => {
    const since = Number(mark);
    const isNewer = (subject: string): boolean => (invalidations.get(subject) ?? 0) > since;
    // Not `since < forgotten`: a mark that is no number is older than everything.
    return !(since >= forgotten) || isNewer(`key ${key}`) || tags.some((tag) => isNewer(`tag ${tag}`));
  };

  return {
    get(key) {
      const kept = entries.get(key);
      const now = performance.now();
      const mark = String(moment);
      if (kept === undefined || now >= kept.until) {
        remove(key);
        return { text: undefined, ageMs: 0, mark };
      }
      entries.delete(key);
      entries.set(key, kept);
      return { text: kept.text, ageMs: now - kept.storedAt, mark };
    },
    set(key, entry) {
      const { text, ttlMs, tags } = entry;
      const size = overhead + 2 * (key.length + text.length + tags.reduce((sum, tag) => sum + tag.length, 0));
      if (size > maxBytes || isOutdated(key, entry)) return { kept: false, evicted: 0 };
      remove(key);
      const storedAt = performance.now();
      entries.set(key, { text, tags, storedAt, until: storedAt + ttlMs, bytes: size });
      bytes += size;
      for (const tag of tags) {
        const keys = byTag.get(tag);
        if (keys === undefined) byTag.set(tag, new Set([key]));
        else keys.add(key);
      }
      let evicted = 0;
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break;
        remove(oldest);
        evicted += 1;
      }
      return { kept: true, evicted };
    },
    delete(key) {
      invalidate(`key ${key}`);
      remove(key);
    },
    invalidateTag(tag) {
      invalidate(`tag ${tag}`);
      for (const key of byTag.get(tag) ?? []) remove(key);
    },
  };
}
