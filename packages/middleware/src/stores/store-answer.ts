import { abortable } from "@plinth/core";

/** Bounds for {@link storeAnswer}. */
export interface StoreAnswerBounds {
  /** Milliseconds that the store may take. */
  readonly ms: number;
  /** Ends the waiting with the call. @default nothing but `ms` does */
  readonly signal?: AbortSignal;
}

/**
 * Waits for a store that speaks to another machine, no longer than it may take and the call lasts.
 * @throws Error when it is late, the signal's reason when the call has ended, and what the store throws
 */
export async function storeAnswer<T>(answer: Promise<T>, { ms, signal }: StoreAnswerBounds): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`The store did not answer within ${ms} ms`)), ms);
  try {
    const first = Promise.race([answer, late]);
    // A call that is over already waits for nothing, and a rejection that nobody waits for ends the process.
    first.catch(() => undefined);
    return await (signal === undefined ? first : abortable(() => first, signal));
  } finally {
    clearTimeout(timer);
  }
}
