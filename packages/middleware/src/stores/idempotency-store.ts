import type { Awaitable } from "@plinth/core";

/** A call that wants to be the one that runs under its key. */
export interface IdempotencyClaim {
  /** Of the arguments: a key is for one call, whatever is sent under it later. */
  readonly fingerprint: string;
  /** Whose key it is, so that nobody can fill the store for the others. */
  readonly owner: string;
  /** Milliseconds after which a claim that was never finished, because its process is gone, counts for nothing. */
  readonly leaseMs: number;
}

/** What a store says to a claim. */
export type IdempotencyAnswer =
  /** Run, and tell the store with this token how it went. */
  | { readonly state: "begun"; readonly token: string }
  | { readonly state: "running" }
  /** It has run; this is what was kept of it. */
  | { readonly state: "finished"; readonly value: string }
  /** The key was used for something else. */
  | { readonly state: "mismatch" }
  /** There is no room for a new key, of this owner or at all. */
  | { readonly state: "full" };

/** How a call went that had begun. */
export interface IdempotencyOutcome {
  readonly token: string;
  /** What those who come again are to get; `undefined` frees the key. */
  readonly value: string | undefined;
  /** Milliseconds for which it is kept. */
  readonly ttlMs: number;
}

/**
 * Where `idempotency` remembers which calls have run. A key that was claimed is never forgotten before its time, whatever
 * happens: a store without room refuses new keys. `memoryIdempotencyStore` is the embedded one.
 */
export interface IdempotencyStore {
  /** Claims a key, in one step: of two claims at the same time one begins. */
  begin(key: string, claim: IdempotencyClaim): Awaitable<IdempotencyAnswer>;
  /** Ends a claim. Does nothing when the token is not the one that holds the key now. */
  finish(key: string, outcome: IdempotencyOutcome): Awaitable<void>;
}
