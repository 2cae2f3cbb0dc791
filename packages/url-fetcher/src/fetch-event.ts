import {
  failureDetail,
  type FailureReason,
  type UrlFetchError,
  type UrlFetchErrorCode,
} from "./errors/url-fetch-error.ts";

/** What a fetcher tells its {@link UrlFetcherPolicy.onEvent} hook. Not for clients: it names addresses and reasons. */
export type FetchEvent = FetchFinished | FetchFailed | FetchRedirected | FetchRetried | BreakerChanged;

/** A response whose body has ended. */
export interface FetchFinished extends FetchSubject {
  readonly type: "finished";
  readonly status: number;
  /** Bytes of the body as they came over the wire, of the last hop. */
  readonly wireBytes: number;
  /** Bytes of the body after decompression. */
  readonly decodedBytes: number;
  readonly redirects: number;
  /** Milliseconds from the call to the end of the body. */
  readonly ms: number;
}

/** A fetch that has failed, before the response or in its body. */
export interface FetchFailed extends FetchSubject {
  /** `denied` when the policy refused it, `failed` when something else did. */
  readonly type: "denied" | "failed";
  /** What the client was told. */
  readonly code: UrlFetchErrorCode;
  /** The class of the failure. */
  readonly reason: FailureReason;
  readonly explanation: string | undefined;
  /** The address that was refused or did not answer. */
  readonly address: string | undefined;
  /** The code of the error underneath, such as `ECONNREFUSED`. */
  readonly causeCode: string | undefined;
  /** The error underneath. Not enumerable: errors of TLS have certificates that JSON cannot write. */
  readonly cause: unknown;
  readonly ms: number;
}

/** A redirect that is followed. */
export interface FetchRedirected extends FetchSubject {
  readonly type: "redirected";
  readonly status: number;
  /** The origin of the next request. */
  readonly to: string;
}

/** A request that will be repeated. */
export interface FetchRetried extends FetchSubject {
  readonly type: "retried";
  /** 1 for the first repetition. */
  readonly attempt: number;
  readonly delayMs: number;
  /** The status that led to it; undefined for a broken connection. */
  readonly status: number | undefined;
}

/** The circuit breaker of a host has changed. */
export interface BreakerChanged {
  readonly type: "breaker";
  readonly host: string;
  readonly state: "open" | "half-open" | "closed";
}

/** Whom and what an event is about. */
export interface FetchSubject {
  readonly method: string;
  /** Scheme, host and port of the request at hand; undefined when the URL could not be read. */
  readonly origin: string | undefined;
  readonly principal: string;
}

/** The classes of failure that are the policy's doing. */
const denials: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "url",
  "scheme",
  "port",
  "host",
  "address",
  "metadata",
  "peer",
  "circuit",
  "redirect",
  "method",
  "header",
  "body",
  "size",
  "ratio",
  "rate",
  "queue",
]);

/** The event of a failure: what the client was told, and what the log may know beside it. */
export function failedEvent(error: UrlFetchError, about: FetchSubject & { readonly ms: number }): FetchFailed {
  const { reason = "broken", explanation, address, cause } = failureDetail(error) ?? {};
  const type = denials.has(reason) ? "denied" : "failed";
  const event = { type, code: error.code, reason, explanation, address, causeCode: codeOf(cause), ...about } as const;
  return Object.defineProperty(event as typeof event & { readonly cause: unknown }, "cause", { value: cause });
}

function codeOf(error: unknown): string | undefined {
  const { code } = (typeof error === "object" && error !== null ? error : {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : undefined;
}
