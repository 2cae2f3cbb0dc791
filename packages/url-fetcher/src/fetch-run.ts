import type { Dispatcher } from "undici";
import type { Dialer } from "./dialing/dialer.ts";
import { failure, type UrlFetchError } from "./errors/url-fetch-error.ts";
import { Exchange, own } from "./exchange/exchange.ts";
import type { FetchRequest } from "./exchange/fetch-request.ts";
import { FetchResponse } from "./exchange/fetch-response.ts";
import { nextHop, refused, type Hop } from "./exchange/next-hop.ts";
import { toFetchError } from "./exchange/to-fetch-error.ts";
import { failedEvent, type FetchEvent, type FetchSubject } from "./fetch-event.ts";
import { flattened } from "./policy/header-rule.ts";
import type { ResolvedPolicy } from "./policy/resolve-policy.ts";
import type { Target } from "./policy/url-rule.ts";
import type { Breakers } from "./traffic/breakers.ts";
import type { Places, Release } from "./traffic/places.ts";
import type { RateLimiter } from "./traffic/rate-limiter.ts";
import type { Registered, Registry } from "./traffic/registry.ts";
import { retryDelay } from "./traffic/retry-delay.ts";

/** What the fetches of one fetcher share. */
export interface FetcherParts {
  readonly policy: ResolvedPolicy;
  readonly agent: Dispatcher;
  readonly dialer: Dialer;
  readonly checkUrl: (text: string, base?: Target) => Target;
  readonly places: Places;
  readonly breakers: Breakers | undefined;
  readonly rateLimiter: RateLimiter | undefined;
  readonly emit: ((event: FetchEvent) => void) | undefined;
  readonly runs: Registry<FetchRun>;
}

/** One fetch from its start to the end of its body: redirects, retries, waiting, deadline and abort. */
export class FetchRun implements Registered {
  place = -1;
  readonly #parts: FetcherParts;
  readonly #request: FetchRequest;
  readonly #startedAt: number;
  #target: Target;
  #redirects = 0;
  #exchange: Exchange | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ends whatever the run is waiting for. */
  #leave: ((error: UrlFetchError) => void) | undefined;
  #reject: (error: UrlFetchError) => void = () => {};
  #isAnswered = false;
  #isOver = false;
  readonly #onAbort = (): void => this.fail(aborted());

  constructor(parts: FetcherParts, request: FetchRequest, target: Target) {
    // Only events tell how long a fetch took.
    this.#startedAt = parts.emit === undefined ? 0 : performance.now();
    this.#parts = parts;
    this.#request = request;
    this.#target = target;
  }

  /** @throws UrlFetchError (rejects) */
  start(): Promise<FetchResponse> {
    const { signal, timeoutMs } = this.#request;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#parts.runs.add(this);
      if (signal?.aborted === true) return this.#onAbort();
      signal?.addEventListener("abort", this.#onAbort);
      this.#timer = setTimeout(() => {
        this.fail(failure("TIMEOUT", `The fetch took longer than ${timeoutMs} ms`, { reason: "deadline" }));
      }, timeoutMs);
      this.#followUp().then(resolve, (error: unknown) => this.fail(toFetchError(error)));
    });
  }

  /** Ends the run. Before there is a response its promise rejects, after that its body does. */
  fail(error: UrlFetchError): void {
    if (this.#isOver) return;
    this.#end();
    this.#reportFailure(error);
    this.#leave?.(error);
    this.#exchange?.abort(error);
    this.#reject(error);
  }

  async #followUp(): Promise<FetchResponse> {
    const { body } = this.#request;
    const ready = body instanceof Promise ? await body : body;
    let hop: Hop = {
      target: this.#target,
      method: this.#request.method,
      headers: this.#request.headers,
      hasBody: ready !== undefined,
    };
    for (;;) {
      const exchange = await this.#attempt(hop, ready);
      const next = this.#nextHop(hop, exchange);
      if (next === undefined) return this.#respond(exchange, hop);
      if (next.hasBody && ready?.length === undefined) throw refused("The redirect asks for a stream a second time");
      const to = next.target.origin;
      this.#parts.emit?.({ type: "redirected", status: exchange.status, to, ...this.#subject() });
      this.#discard(exchange);
      this.#redirects += 1;
      this.#target = next.target;
      hop = next;
    }
  }

  #nextHop(hop: Hop, exchange: Exchange): Hop | undefined {
    const { redirect } = this.#request;
    if (redirect === "manual" || exchange.status < 300 || exchange.status > 399) return undefined;
    const answer = { status: exchange.status, location: own(exchange.headers, "location") };
    const next = nextHop(hop, answer, this.#parts.checkUrl);
    if (next === undefined) return undefined;
    if (redirect === "error") throw refused("The caller wants no redirects");
    if (this.#redirects >= this.#parts.policy.redirects) throw refused(`More than ${this.#redirects} redirects`);
    return next;
  }

  async #attempt(hop: Hop, body: Awaited<FetchRequest["body"]>): Promise<Exchange> {
    const { breakers, policy } = this.#parts;
    const isRepeatable = !hop.hasBody || body?.length !== undefined;
    for (let count = 1; ; count += 1) {
      let outcome: Exchange | UrlFetchError;
      try {
        const ask = () => this.#ask(hop, body);
        outcome = await (breakers === undefined ? ask() : breakers.ask(hop.target.host, ask));
        if (outcome.status < 400) return outcome;
      } catch (error) {
        outcome = toFetchError(error);
      }
      const result =
        outcome instanceof Exchange
          ? { status: outcome.status, retryAfter: own(outcome.headers, "retry-after") }
          : outcome;
      const delayMs = this.#isOver
        ? undefined
        : retryDelay({ method: hop.method, isRepeatable, count, outcome: result }, policy.retry);
      if (delayMs === undefined) {
        if (outcome instanceof Exchange) return outcome;
        throw outcome;
      }
      const status = outcome instanceof Exchange ? outcome.status : undefined;
      this.#parts.emit?.({ type: "retried", attempt: count, delayMs, status, ...this.#subject() });
      if (outcome instanceof Exchange) this.#discard(outcome);
      await this.#pause(delayMs);
    }
  }

  /** Not asynchronous itself: most requests wait for nothing before they are sent. */
  #ask(hop: Hop, body: Awaited<FetchRequest["body"]>): Promise<Exchange> {
    const { places, rateLimiter } = this.#parts;
    const { host } = hop.target;
    const take = () => {
      if (this.#isOver) throw over();
      return places.take(host, (leave) => (this.#leave = leave));
    };
    const taken = rateLimiter === undefined ? take() : rateLimiter.admit(this.#request.principal, host).then(take);
    if (taken instanceof Promise) return taken.then((release) => this.#send(hop, body, release));
    return this.#send(hop, body, taken);
  }

  #send(hop: Hop, body: Awaited<FetchRequest["body"]>, release: Release): Promise<Exchange> {
    if (this.#isOver) {
      release();
      return Promise.reject(over());
    }
    const { agent, dialer, policy } = this.#parts;
    const { method, target } = hop;
    const exchange: Exchange = new Exchange({ method, maxDecoded: this.#request.maxBytes }, policy, {
      onReleased: release,
      onEnded: () => this.#conclude(exchange),
      onBroken: (error) => {
        if (exchange === this.#exchange) this.fail(error);
      },
    });
    this.#exchange = exchange;
    const isFirst = hop.headers === this.#request.headers;
    const headers = (isFirst ? this.#request.flatHeaders : undefined) ?? flattened(hop.headers);
    const { origin, path } = target;
    // The types leave out asynchronous iterables, which undici takes (its documentation of `dispatch`).
    const content = (hop.hasBody ? (body?.content ?? null) : null) as Buffer | null;
    // Idle connections are worth keeping while they are few: each of a thousand hosts could leave one behind.
    const reset = dialer.open > policy.concurrency.global;
    agent.dispatch({ origin, path, method, headers, body: content, reset }, exchange);
    return exchange.head;
  }

  #respond(exchange: Exchange, { target }: Hop): FetchResponse {
    this.#isAnswered = true;
    if (exchange.isEnded) this.#conclude(exchange);
    return new FetchResponse(exchange, {
      url: target.href,
      redirected: this.#redirects > 0,
      dropHeaders: this.#parts.policy.dropResponseHeaders,
      giveUp: (error = aborted()) => this.fail(error),
    });
  }

  /** The body has ended. An answer that leads on, or is repeated, is not the end of the run, and may end before that is known. */
  #conclude(exchange: Exchange): void {
    if (this.#isOver || !this.#isAnswered || exchange !== this.#exchange) return;
    this.#end();
    const { emit } = this.#parts;
    if (emit === undefined) return;
    const { status, wireBytes, decodedBytes } = exchange;
    const redirects = this.#redirects;
    emit({ type: "finished", status, wireBytes, decodedBytes, redirects, ms: this.#ms(), ...this.#subject() });
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
    this.#parts.runs.remove(this);
  }

  /** An answer that nobody will read. What has come in with its head is thrown away, what has not is not waited for. */
  #discard(exchange: Exchange): void {
    this.#exchange = undefined;
    exchange.abort(failure("ABORTED", "The answer is not read", { reason: "aborted" }));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#leave = undefined;
        resolve();
      }, ms);
      this.#leave = (error) => {
        clearTimeout(timer);
        reject(error);
      };
    });
  }

  #reportFailure(error: UrlFetchError): void {
    const { emit } = this.#parts;
    if (emit !== undefined) emit(failedEvent(error, { ...this.#subject(), ms: this.#ms() }));
  }

  #subject(): FetchSubject {
    const { method, principal } = this.#request;
    return { method, origin: this.#target.origin, principal };
  }

  #ms(): number {
    return performance.now() - this.#startedAt;
  }
}

function aborted(): UrlFetchError {
  return failure("ABORTED", "The fetch was aborted", { reason: "aborted" });
}

/** For what a run was waiting for when it ended; its caller has been told why already. */
function over(): UrlFetchError {
  return failure("ABORTED", "The fetch is over", { reason: "aborted" });
}
