import { KitError } from "../errors/kit-error.ts";

/**
 * Settles as `work` does, or rejects as soon as `signal` aborts, whether or not the work heeds it.
 *
 * @throws the signal's reason when that is a `KitError`, otherwise KitError `CANCELLED` with the reason as its cause
 */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw toEndingError(signal.reason);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(toEndingError(signal.reason));
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work(), ended]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function toEndingError(reason: unknown): KitError {
  return KitError.isInstance(reason) ? reason : new KitError("CANCELLED", "The call was cancelled", { cause: reason });
}
