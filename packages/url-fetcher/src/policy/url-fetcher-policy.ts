import type { Connect } from "../dialing/connect.ts";
import type { Resolver } from "../dialing/resolver.ts";
import type { FetchEvent } from "../fetch-event.ts";
import type { RateLimitStore } from "../traffic/rate-limit-store.ts";

/** What a fetcher may reach, and how much of it. Every field has a safe default; unknown fields are refused. */
export interface UrlFetcherPolicy {
  /** @default ["https", "http"] */
  readonly schemes?: readonly ("http" | "https")[];
  /** @default [443, 80] */
  readonly ports?: readonly number[];
  /**
   * The only hosts: names, IP addresses, or suffixes such as `.example.com` for all names below. Their addresses are checked
   * all the same. A reserved name that stands here is allowed. @default all that are not refused otherwise
   */
  readonly allowHosts?: readonly string[];
  /** Hosts that are refused; `.example.com` stands for the name itself as well. @default none */
  readonly denyHosts?: readonly string[];
  /** Reserved names to allow, such as `localhost` or `.svc.cluster.local`. @default none */
  readonly allowReservedHosts?: readonly string[];
  /** Whether a URL may have an IP address for its host. @default true */
  readonly allowIpLiterals?: boolean;
  /**
   * Ranges to open that are not of the public internet, such as `10.1.0.0/16`. @default none
   *
   * **Security:** whatever listens there can be reached by whoever chooses the URL.
   */
  readonly allowAddresses?: readonly string[];
  /** Ranges to close, public or not, such as your own public ones. They win over `allowAddresses`. @default none */
  readonly denyAddresses?: readonly string[];
  /**
   * Whether metadata services of clouds may be reached, where `allowAddresses` opens their range. @default false
   *
   * **Security:** they hand the machine's credentials to whoever asks.
   */
  readonly allowMetadata?: boolean;
  /** @default ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] */
  readonly methods?: readonly string[];
  readonly requestHeaders?: RequestHeadersPolicy;
  readonly responseHeaders?: ResponseHeadersPolicy;
  /** Sent where the caller sets none. @default "plinth-url-fetcher" */
  readonly userAgent?: string;
  /**
   * Headers that the program adds to each fetch, such as `traceHeaders` of `@plinth/observability`; asked once per fetch,
   * where `fetch` was called. They replace a caller's of the same name, and a redirect to another origin drops them.
   * @default none
   *
   * **Security:** the host that the URL names reads them, whoever chose it; `origin` tells which one that is.
   */
  readonly outgoingHeaders?: (request: OutgoingRequest) => Readonly<Record<string, string>>;
  /** How many redirects are followed. @default 5 */
  readonly redirects?: number;
  readonly limits?: LimitsPolicy;
  readonly timeouts?: TimeoutsPolicy;
  readonly concurrency?: ConcurrencyPolicy;
  /** Requests per principal and host. @default no limit */
  readonly rateLimit?: RateLimitPolicy;
  /** Repetition of idempotent requests, or false. */
  readonly retry?: RetryPolicy | false;
  /** The circuit breaker of each host, or false. */
  readonly breaker?: BreakerPolicy | false;
  /**
   * A forward proxy that every request goes through, by CONNECT. The variables `HTTP_PROXY` and `NO_PROXY` have no say.
   * @default none
   *
   * **Security:** the proxy resolves the names, so the rules for addresses are the proxy's. Those for schemes, ports, names
   * and literals are applied before it is asked.
   */
  readonly proxy?: ProxyPolicy;
  /** TLS of the servers. Certificates are always verified. @default the authorities that Node knows */
  readonly tls?: TlsPolicy;
  /** Finds the addresses of a name; each of them is checked. @default `dns.lookup`, that is the operating system */
  readonly resolver?: Resolver;
  /** Opens the connection to an address that has been checked; for tests and tunnels. @default `net.connect` */
  readonly connect?: Connect;
  /**
   * Told of every request, refusal, retry and change of a breaker, for audit and metrics. What it throws is ignored.
   *
   * **Security:** events tell what clients are not told, such as addresses.
   */
  readonly onEvent?: (event: FetchEvent) => void;
}

/** What {@link UrlFetcherPolicy.outgoingHeaders} is told about. */
export interface OutgoingRequest {
  readonly method: string;
  /** Such as `https://example.com`. */
  readonly origin: string;
}

/** Rules for the headers of callers, by name in any letter case. */
export interface RequestHeadersPolicy {
  /** The only ones; naming `x-forwarded-for` or its like lets them through. @default all that are not refused */
  readonly allow?: readonly string[];
  /** Refused. @default none beside those of the connection, of metadata services and of method overrides */
  readonly deny?: readonly string[];
}

/** Rules for the headers of answers. */
export interface ResponseHeadersPolicy {
  /** Left out of the response. @default ["set-cookie", "set-cookie2"] */
  readonly drop?: readonly string[];
}

/** Sizes, in bytes unless said otherwise. */
export interface LimitsPolicy {
  /** Characters of a URL. @default 8_192 */
  readonly url?: number;
  /** @default 16_384 */
  readonly requestHeaders?: number;
  /** @default 10_485_760 */
  readonly requestBody?: number;
  /** @default 16_384 */
  readonly responseHeaders?: number;
  /** The body as it comes over the wire. @default 10_485_760 */
  readonly wire?: number;
  /** The body after decompression. @default 20_971_520 */
  readonly decoded?: number;
  /** How many times larger than the wire's bytes a body may become, once it has 1 MiB. @default 200 */
  readonly ratio?: number;
  /** How many content codings may be stacked. @default 2 */
  readonly codings?: number;
}

/** Times, in milliseconds. */
export interface TimeoutsPolicy {
  /** Resolving, connecting, proxy and TLS together. @default 5_000 */
  readonly connect?: number;
  /** From the request to the end of the answer's head. @default 10_000 */
  readonly headers?: number;
  /** Between two pieces of the body. @default 10_000 */
  readonly idle?: number;
  /** Everything, from the call to the end of the body: waiting, redirects and retries included. @default 30_000 */
  readonly total?: number;
}

/** Requests at the same time; one counts until its body has ended. */
export interface ConcurrencyPolicy {
  /** @default 128 */
  readonly global?: number;
  /** @default 32 */
  readonly perHost?: number;
  /** How many may wait for a place. @default 1_024 */
  readonly queue?: number;
}

/** A token bucket for each pair of principal and host. */
export interface RateLimitPolicy {
  /** Requests per `perMs`, redirects and retries included. */
  readonly requests: number;
  /** Milliseconds. @default 1_000 */
  readonly perMs?: number;
  /** Requests at once after a pause. @default `requests` */
  readonly burst?: number;
  /** Where the buckets are. @default the memory of this process, 10_000 buckets at most */
  readonly store?: RateLimitStore;
  /** What happens while the store fails. @default "refuse" */
  readonly onStoreFailure?: "refuse" | "allow";
}

/**
 * Repetition of GET, HEAD, OPTIONS, PUT and DELETE after 429, 502, 503, 504 and broken connections, with full jitter. A
 * connection that was refused is not tried again: the delay would tell it from an address that is not allowed.
 */
export interface RetryPolicy {
  /** Repetitions at most. @default 2 */
  readonly attempts?: number;
  /** Milliseconds that the first delay has at most; doubled each time. @default 200 */
  readonly baseMs?: number;
  /** Milliseconds that a delay has at most. An answer whose `Retry-After` is longer is returned as it is. @default 5_000 */
  readonly maxMs?: number;
}

/** Stops asking a host that keeps failing: no connection, no answer in time, 502, 503 or 504. */
export interface BreakerPolicy {
  /** Failures in a row. @default 10 */
  readonly failures?: number;
  /** Milliseconds until one request may try again. @default 10_000 */
  readonly halfOpenAfterMs?: number;
}

/** The operator's proxy. */
export interface ProxyPolicy {
  /** As `http://proxy.example:3128` or `https://...`; its address is not checked. */
  readonly url: string;
  /** The value of `Proxy-Authorization`. @default none */
  readonly authorization?: string;
}

/** What a server's certificate is verified with, and the client's own. As in `tls.connect`. */
export interface TlsPolicy {
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}
