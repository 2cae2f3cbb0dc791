import { Agent } from "undici";
import { createDialer } from "./dialing/dialer.ts";
import { toError } from "./errors/to-error.ts";
import { failure, UrlFetchError } from "./errors/url-fetch-error.ts";
import { readFetchRequest, readPlainRequest, type FetchInit, type FetchRequest } from "./exchange/fetch-request.ts";
import type { FetchResponse } from "./exchange/fetch-response.ts";
import { withOutgoingHeaders } from "./exchange/outgoing-headers.ts";
import { failedEvent, type FetchEvent } from "./fetch-event.ts";
import { FetchRun, type FetcherParts } from "./fetch-run.ts";
import { resolvePolicy, type ResolvedPolicy } from "./policy/resolve-policy.ts";
import type { UrlFetcherPolicy } from "./policy/url-fetcher-policy.ts";
import { createUrlGate } from "./policy/url-rule.ts";
import { textOfUrl } from "./policy/url-text.ts";
import { Breakers } from "./traffic/breakers.ts";
import { Places } from "./traffic/places.ts";
import { createRateLimiter } from "./traffic/rate-limiter.ts";
import { Registry } from "./traffic/registry.ts";

/** The longest that an idle connection is kept, whatever its server proposes. Names move on. */
const maxKeepAliveMs = 60_000;

/** Characters of a refused origin that an event has at most. */
const maxAuditedOrigin = 300;

/**
 * Fetches URLs within one policy; see {@link createUrlFetcher}. Rejects with {@link UrlFetchError}, or with `UrlPolicyError`
 * for options that only the program can have wrong.
 */
export interface UrlFetcher extends AsyncDisposable {
  /** Fetches a URL. Any status is an answer; see `response.ok`. */
  fetch(url: string | URL, init?: FetchInit): Promise<FetchResponse>;
  /** The parsed body. A status that is not 2xx rejects with `BAD_STATUS`, as with the three below. */
  json(url: string | URL, init?: FetchInit): Promise<unknown>;
  /** The body as text. */
  text(url: string | URL, init?: FetchInit): Promise<string>;
  /** The body as bytes. */
  bytes(url: string | URL, init?: FetchInit): Promise<Uint8Array<ArrayBuffer>>;
  /** The body as it comes in. */
  stream(url: string | URL, init?: FetchInit): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** How busy it is. */
  stats(): UrlFetcherStats;
  /** Ends everything that is under way with `CLOSED`, and closes its connections. */
  close(): Promise<void>;
}

/** How busy a fetcher is. */
export interface UrlFetcherStats {
  /** Requests that have a connection or are getting one. */
  readonly active: number;
  /** Requests that wait for a place. */
  readonly waiting: number;
}

/**
 * Makes a fetcher for URLs that somebody else chooses. It reaches what its policy allows and nothing else: the URL, the
 * name, every address the name resolves to, and every redirect are checked, and the address that was checked is the one
 * that is dialled. Its connections are its own, since each stands for the policy it was made under.
 *
 * @param policy Safe without anything: the public internet over `http` and `https` on their own ports.
 * @throws UrlPolicyError for an option that does not exist or has a wrong value
 */
export function createUrlFetcher(policy: UrlFetcherPolicy = {}): UrlFetcher {
  const parts = createParts(resolvePolicy(policy));
  let plain: FetchRequest | undefined;
  let closing: Promise<void> | undefined;

  /** Everything that can be refused before there is a run. */
  function prepare(url: string | URL, init: FetchInit | undefined): FetchRun {
    let request: FetchRequest | undefined;
    try {
      if (closing !== undefined) throw closed();
      request = init === undefined ? (plain ??= readPlainRequest(parts.policy)) : readFetchRequest(init, parts.policy);
      const target = parts.checkUrl(textOfUrl(url));
      return new FetchRun(parts, withOutgoingHeaders(request, target, parts.policy), target);
    } catch (error) {
      if (error instanceof UrlFetchError && parts.emit !== undefined) {
        const { method = "", principal = "" } = request ?? {};
        parts.emit(failedEvent(error, { method, principal, origin: originOf(url), ms: 0 }));
      }
      throw error;
    }
  }

  function fetch(url: string | URL, init?: FetchInit): Promise<FetchResponse> {
    try {
      return prepare(url, init).start();
    } catch (error) {
      return Promise.reject(toError(error));
    }
  }

  async function fetchOk(url: string | URL, init?: FetchInit): Promise<FetchResponse> {
    const response = await fetch(url, init);
    if (response.ok) return response;
    const { status } = response;
    const error = failure("BAD_STATUS", `The server answered with status ${status}`, { reason: "status", status });
    response.refuse(error);
    throw error;
  }

  async function close(): Promise<void> {
    closing ??= (async () => {
      for (const run of parts.runs.list()) run.fail(closed());
      parts.dialer.close();
      await parts.agent.destroy();
    })();
    return closing;
  }

  return Object.freeze<UrlFetcher>({
    fetch,
    json: async (url, init) => (await fetchOk(url, init)).json(),
    text: async (url, init) => (await fetchOk(url, init)).text(),
    bytes: async (url, init) => (await fetchOk(url, init)).bytes(),
    stream: async (url, init) => (await fetchOk(url, init)).body ?? new Blob([]).stream(),
    stats: () => ({ active: parts.places.taken, waiting: parts.places.waiting }),
    close,
    [Symbol.asyncDispose]: close,
  });
}

function createParts(policy: ResolvedPolicy): FetcherParts {
  const { breaker, concurrency, limits, rateLimit, seams, timeouts } = policy;
  const emit = seams.onEvent === undefined ? undefined : guarded(seams.onEvent);
  const dialer = createDialer(policy);
  return {
    policy,
    dialer,
    emit,
    // Of its own, because a connection stands for the policy that it was made under; HTTP/1.1 only, because what is counted
    // and limited here is one request per connection.
    agent: new Agent({
      connect: dialer.connector,
      connections: concurrency.perHost,
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: limits.responseHeaders,
      headersTimeout: timeouts.headers,
      bodyTimeout: timeouts.idle,
      keepAliveMaxTimeout: maxKeepAliveMs,
    }),
    checkUrl: createUrlGate(policy.url),
    places: new Places(concurrency),
    breakers:
      breaker === undefined
        ? undefined
        : new Breakers(breaker, (host, state) => emit?.({ type: "breaker", host, state })),
    rateLimiter: rateLimit === undefined ? undefined : createRateLimiter(rateLimit),
    runs: new Registry(),
  };
}

/** A hook that fails, at once or later, is not the fetch's business. */
function guarded(onEvent: (event: FetchEvent) => unknown): (event: FetchEvent) => void {
  return (event) => {
    try {
      const result = onEvent(event);
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // As above.
    }
  };
}

function closed(): UrlFetchError {
  return failure("CLOSED", "The fetcher is closed", { reason: "closed" });
}

/** What a refused URL was after, for the audit. */
function originOf(url: unknown): string | undefined {
  try {
    return URL.parse(textOfUrl(url))?.origin.slice(0, maxAuditedOrigin);
  } catch {
    return undefined;
  }
}
