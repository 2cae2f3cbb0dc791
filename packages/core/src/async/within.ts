/** How {@link within} ended. */
export type Timely<T> = { readonly late: false; readonly value: T } | { readonly late: true };

/**
 * Waits for `work`, but no longer than `ms`. Late work goes on unobserved; its rejection is swallowed, never unhandled.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<Timely<T>> {
  const { promise: deadline, resolve } = Promise.withResolvers<Timely<T>>();
  const timer = setTimeout(() => resolve({ late: true }), ms);
  try {
    return await Promise.race([work.then((value): Timely<T> => ({ late: false, value })), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
