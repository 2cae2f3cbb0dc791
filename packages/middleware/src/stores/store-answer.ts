import { abortable } from "@plinth/core";

/** Bounds for {@link storeAnswer}. */
export interface StoreAnswerBounds {
  /** Milliseconds that the store may take. */
  readonly ms: number;
  /** Ends the waiting with the call. */
  readonly signal: AbortSignal;
}

/**
 * Waits for a store that speaks to another machine, no longer than it may take and the call lasts.
 * @throws Error when it is late, the signal's reason when the call has ended, and what the store throws
 */
export async function storeAnswer<T>(answer: Promise<T>, { ms, signal }: StoreAnswerBounds): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`The store did not answer within ${ms} ms`)), ms);
  try {
    return await abortable(() => Promise.race([answer, late]), signal);
  } finally {
    clearTimeout(timer);
  }
}
