/** What went wrong, in a word that callers can branch on. */
export type DataErrorCode = "NOT_FOUND" | "CONFLICT" | "INVALID" | "TOO_LARGE";

/**
 * An error whose message is written for the person who asked: it quotes what was wrong and says what to do.
 * Anything else that is thrown is a fault of ours and stays in the log.
 */
export class DataError extends Error {
  override readonly name: string = "DataError";
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
