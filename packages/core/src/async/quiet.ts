/**
 * A promise that its caller may leave alone: when it rejects unheard, the process must not end as for an unhandled
 * rejection.
 */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
