/**
 * What a client may know of a failed fetch. Stable API; the messages are not.
 *
 * - `INVALID_URL`: the URL itself is not one that is fetched: syntax, scheme, port, user information, length.
 * - `INVALID_REQUEST`: method, headers or body cannot be sent.
 * - `UNREACHABLE`: the host or its address is refused, does not resolve, or did not take the connection. Which of these
 *   is not told, because the difference would map the network that the fetcher stands in.
 * - `REDIRECT_REFUSED`: the server sent the fetcher where it does not go, or too often.
 * - `TOO_LARGE`: a limit on bytes was passed, in either direction.
 * - `TIMEOUT`: the server took too long.
 * - `RATE_LIMITED`: the principal has used up its requests to this host; `retryAfterMs` says for how long.
 * - `OVERLOADED`: too many requests are waiting for a free place.
 * - `INVALID_RESPONSE`: the answer broke off, or is no HTTP, cannot be decoded or is not JSON.
 * - `BAD_STATUS`: a helper that returns only the body got a status that is not 2xx; `status` has it.
 * - `ABORTED`: the caller's signal.
 * - `CLOSED`: the fetcher was closed.
 */
export type UrlFetchErrorCode =
  | "INVALID_URL"
  | "INVALID_REQUEST"
  | "UNREACHABLE"
  | "REDIRECT_REFUSED"
  | "TOO_LARGE"
  | "TIMEOUT"
  | "RATE_LIMITED"
  | "OVERLOADED"
  | "INVALID_RESPONSE"
  | "BAD_STATUS"
  | "ABORTED"
  | "CLOSED";

/** The class of a failure, for logs and metrics. Not for clients: it tells a refused address from a dead one. */
export type FailureReason =
  | "url"
  | "scheme"
  | "port"
  | "host"
  | "address"
  | "metadata"
  | "dns"
  | "connect"
  | "peer"
  | "tls"
  | "proxy"
  | "circuit"
  | "redirect"
  | "method"
  | "header"
  | "body"
  | "size"
  | "ratio"
  | "encoding"
  | "protocol"
  | "broken"
  | "status"
  | "time"
  | "deadline"
  | "rate"
  | "queue"
  | "aborted"
  | "closed";

/** What the log may know of a failure; see {@link failureDetail}. */
export interface FailureDetail {
  readonly reason: FailureReason;
  /** A sentence for the log, which may name addresses. */
  readonly explanation?: string | undefined;
  /** The address that was refused or did not answer. */
  readonly address?: string | undefined;
  /** The error underneath. */
  readonly cause?: unknown;
}

/** What a client may see beside code and message. */
export interface UrlFetchErrorFacts {
  readonly retryAfterMs?: number | undefined;
  readonly status?: number | undefined;
}

/** Beside the error and not on it: whatever prints, logs or serialises an error would show it. */
const details = new WeakMap<UrlFetchError, FailureDetail>();

/** Survives two copies of the package in one process, where `instanceof` does not. */
const brand: symbol = Symbol.for("@plinth/url-fetcher/UrlFetchError");

/** Why a fetch failed, in words and data that a client may see. It has no `cause`. */
export class UrlFetchError extends Error {
  override readonly name: string = "UrlFetchError";
  readonly code: UrlFetchErrorCode;
  /** Milliseconds until the next attempt makes sense, of `RATE_LIMITED`. */
  readonly retryAfterMs: number | undefined;
  /** The HTTP status, of `BAD_STATUS`. */
  readonly status: number | undefined;

  constructor(code: UrlFetchErrorCode, message: string, { retryAfterMs, status }: UrlFetchErrorFacts = {}) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.status = status;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a {@link UrlFetchError}, also one made by another copy of this package. */
  static isInstance(value: unknown): value is UrlFetchError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }

  /** Code, message and facts; what `JSON.stringify` shows. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, retryAfterMs, status } = this;
    return { name, code, message, retryAfterMs, status };
  }
}

/**
 * What the server's log may know of a failure: the class, the address, the error underneath.
 *
 * **Security:** not for clients. It tells what {@link UrlFetchError} keeps to itself.
 */
export function failureDetail(error: unknown): FailureDetail | undefined {
  return error instanceof UrlFetchError ? details.get(error) : undefined;
}

/** Makes an error together with what the log may know of it. */
export function failure(
  code: UrlFetchErrorCode,
  message: string,
  { retryAfterMs, status, ...detail }: FailureDetail & UrlFetchErrorFacts,
): UrlFetchError {
  const error = new UrlFetchError(code, message, { retryAfterMs, status });
  details.set(error, detail);
  return error;
}

/**
 * The one error for every host and address that was refused, did not resolve or did not take the connection: same code,
 * same text, same stack, whatever the reason.
 */
export function unreachable(detail: FailureDetail): UrlFetchError {
  const error = failure("UNREACHABLE", "The host of the URL cannot be reached from here, or is not allowed", detail);
  // The frames would tell a check from a socket.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
