import { errors } from "undici";
import { DialError } from "../dialing/dial-error.ts";
import { failure, UrlFetchError, unreachable } from "../errors/url-fetch-error.ts";

/** Any failure of a request as one that a client may see; the rest goes to the log. */
export function toFetchError(error: unknown): UrlFetchError {
  if (error instanceof UrlFetchError) return error;
  if (error instanceof DialError) return unreachable(error.detail);
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return failure("TIMEOUT", "The server took too long to answer", { reason: "time", cause: error });
  }
  if (error instanceof errors.HeadersOverflowError) {
    return failure("TOO_LARGE", "The headers of the answer are too large", { reason: "size", cause: error });
  }
  if (error instanceof errors.ClientDestroyedError || error instanceof errors.ClientClosedError) {
    return failure("CLOSED", "The fetcher is closed", { reason: "closed" });
  }
  if (error instanceof errors.InvalidArgumentError || error instanceof errors.RequestContentLengthMismatchError) {
    return failure("INVALID_REQUEST", "The request cannot be sent", { reason: "header", cause: error });
  }
  if (error instanceof errors.HTTPParserError || error instanceof errors.ResponseContentLengthMismatchError) {
    return failure("INVALID_RESPONSE", "The answer is not HTTP", { reason: "protocol", cause: error });
  }
  return failure("INVALID_RESPONSE", "The connection broke", { reason: "broken", cause: error });
}
