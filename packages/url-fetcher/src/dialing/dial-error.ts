import type { FailureDetail } from "../errors/url-fetch-error.ts";

/** Why there is no connection. It passes through undici, whose special treatment hangs on `code`: it has none. */
export class DialError extends Error {
  override readonly name: string = "DialError";
  readonly detail: FailureDetail;

  constructor(detail: FailureDetail) {
    super(detail.explanation);
    this.detail = detail;
  }
}
