import type { Awaitable } from "@plinth/core";

/** What a {@link CacheStore} knows about a key. */
export interface CacheLookup {
  /** The value, as JSON text; `undefined` when there is none. */
  readonly text: string | undefined;
  /** Milliseconds since it was stored; 0 without a value. */
  readonly ageMs: number;
  /**
   * The moment of this look-up, in the store's own terms. A value that is made after it goes into the store with it, so
   * that one made before an invalidation is told from one made after.
   */
  readonly mark: string;
}

/** A value to keep. */
export interface NewCacheEntry {
  readonly text: string;
  /** Milliseconds after which the store forgets it. */
  readonly ttlMs: number;
  /** At most 31; all but the first of at most 512 characters. */
  readonly tags: readonly string[];
  /** Of the look-up before the value was made. */
  readonly mark: string;
}

/** What became of a value that was to be kept. */
export interface CacheStored {
  /** False when it does not fit, or an invalidation came between look-up and storing. */
  readonly kept: boolean;
  /** Other values that had to go for it. */
  readonly evicted: number;
}

/**
 * Where `cache` keeps answers. Keys are short and name a value completely. A store that is away throws or rejects; then
 * calls are served without a cache. `memoryCacheStore` is the embedded one.
 */
export interface CacheStore {
  get(key: string): Awaitable<CacheLookup>;
  set(key: string, entry: NewCacheEntry): Awaitable<CacheStored>;
  /** Forgets a value, also one that is being made now. */
  delete(key: string): Awaitable<void>;
  /** Forgets all values with a tag, also those that are being made now. */
  invalidateTag(tag: string): Awaitable<void>;
}
