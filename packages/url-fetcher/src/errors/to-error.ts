/** Any thrown value as an `Error`: an error passes, all else becomes the message of a new one. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
