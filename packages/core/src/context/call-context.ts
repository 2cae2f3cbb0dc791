import type { LoggingLevel } from "@modelcontextprotocol/server";
import { quiet } from "../async/quiet.ts";
import type { PlatformEvents } from "../events/platform-events.ts";
import { toJsonValue } from "../json/json-value.ts";
import type { ClientInfo, Era, TransportKind } from "../protocol/eras.ts";
import type { HttpRequestInfo, Incoming } from "../protocol/incoming.ts";
import type { Principal } from "../protocol/principal.ts";
import type { CallFacts } from "./call-facts.ts";
import { CallInput, type InputRequired } from "./call-input.ts";
import type { CallTraffic } from "./call-traffic.ts";
import type { ElicitUrlOptions } from "./client-input.ts";
import { ContextState } from "./context-key.ts";
import type { Context, TraceContext } from "./context.ts";
import { LazySignal } from "./lazy-signal.ts";
import type { LogFields, Logger } from "./logger.ts";
import type { Notify } from "./notify.ts";
import { ProgressReporter } from "./progress.ts";
import { nextRequestId } from "./request-id.ts";
import type { StateSealer } from "./request-state.ts";

/** What the server gives every context it makes. */
export interface ContextEnvironment {
  readonly log: Logger;
  readonly events: PlatformEvents;
  readonly services: unknown;
  readonly notify: Notify;
  readonly progressIntervalMs: number;
  readonly inputTimeoutMs: number;
  readonly sealer: () => StateSealer;
  /** Serves a request that a handler makes on behalf of its caller. */
  readonly invoke: (outer: Incoming, request: InvokedRequest) => Promise<Record<string, unknown>>;
}

/** What {@link Context.invoke} was given. */
export interface InvokedRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** What the copies of one call's context share; everything that not every call needs is made when first asked for. */
interface Shared {
  readonly incoming: Incoming;
  readonly environment: ContextEnvironment;
  requestId: string | undefined;
  tenant: string | undefined;
  targetName: string | undefined;
  logFields: LogFields | undefined;
  log: Logger | undefined;
  state: ContextState | undefined;
  progress: ProgressReporter | undefined;
  input: CallInput | undefined;
  reported: boolean;
  finished: boolean;
}

/** The one implementation of {@link Context}: a thin view of what the binding brought, per call. */
export class CallContext implements Context {
  readonly #shared: Shared;
  readonly #signals: { readonly signal: AbortSignal };

  private constructor(shared: Shared, signals: { readonly signal: AbortSignal }) {
    this.#shared = shared;
    this.#signals = signals;
  }

  static create(
    incoming: Incoming,
    environment: ContextEnvironment,
    signals: { readonly signal: AbortSignal },
  ): CallContext {
    const shared: Shared = {
      incoming,
      environment,
      requestId: undefined,
      tenant: incoming.principal?.tenant,
      targetName: undefined,
      logFields: undefined,
      log: undefined,
      state: undefined,
      progress: undefined,
      input: undefined,
      reported: false,
      finished: false,
    };
    return new CallContext(shared, signals);
  }

  /** The same context under another signal. */
  withSignal(signal: AbortSignal | (() => AbortSignal)): CallContext {
    return new CallContext(this.#shared, typeof signal === "function" ? new LazySignal(signal) : { signal });
  }

  /** Settles facts about the call as a whole. */
  assign({ requestId, tenant, logFields }: CallFacts): void {
    const shared = this.#shared;
    if (requestId !== undefined) shared.requestId = requestId;
    if (tenant !== undefined) shared.tenant = tenant;
    if (logFields !== undefined) shared.logFields = { ...shared.logFields, ...logFields };
    shared.log = undefined;
  }

  /** The name of what the call is found to be about. */
  address(targetName: string | undefined): void {
    this.#shared.targetName = targetName;
    this.#shared.log = undefined;
  }

  /** What has passed between the call and its client so far. */
  get traffic(): CallTraffic {
    const { input, incoming, reported } = this.#shared;
    const answered = incoming.requestState !== undefined || incoming.inputResponses !== undefined;
    return { asked: answered || input?.asked === true, reported, waitedMs: input?.waitedMs ?? 0 };
  }

  get events(): PlatformEvents {
    return this.#shared.environment.events;
  }

  get depth(): number {
    return this.#shared.incoming.depth ?? 0;
  }

  /**
   * Delivers the last progress report, if there was one; what is reported or logged from now on is dropped, because the
   * result follows.
   */
  finish(): Promise<void> | undefined {
    this.#shared.finished = true;
    return this.#shared.progress?.finish();
  }

  get signal(): AbortSignal {
    return this.#signals.signal;
  }

  /**
   * Opens the sealed state that a retried call brought, before each run of the handler.
   * @throws KitError `INVALID_REQUEST_STATE`
   */
  beginRun(): void {
    const { input, incoming } = this.#shared;
    if (input !== undefined || incoming.requestState !== undefined) this.#input().begin();
  }

  /** The questions that still wait for the client's answer, if the handler asked any (modern era). */
  pendingInput(): Promise<InputRequired> | undefined {
    return this.#shared.input?.pending();
  }

  get requestId(): string {
    return (this.#shared.requestId ??= nextRequestId());
  }
  get method(): string {
    return this.#shared.incoming.method;
  }
  get era(): Era {
    return this.#shared.incoming.era;
  }
  get protocolVersion(): string {
    return this.#shared.incoming.protocolVersion;
  }
  get transport(): TransportKind {
    return this.#shared.incoming.transport;
  }
  get client(): ClientInfo {
    return this.#shared.incoming.client;
  }
  get principal(): Principal | undefined {
    return this.#shared.incoming.principal;
  }
  get tenant(): string | undefined {
    return this.#shared.tenant;
  }
  get messageId(): string | number {
    return this.#shared.incoming.messageId;
  }
  get sessionId(): string | undefined {
    return this.#shared.incoming.sessionId;
  }
  get services(): unknown {
    return this.#shared.environment.services;
  }
  get notify(): Notify {
    return this.#shared.environment.notify;
  }
  get meta(): Readonly<Record<string, unknown>> {
    return this.#shared.incoming.meta;
  }
  get http(): HttpRequestInfo | undefined {
    return this.#shared.incoming.http;
  }
  get log(): Logger {
    const shared = this.#shared;
    if (shared.log !== undefined) return shared.log;
    const { targetName, tenant, logFields } = shared;
    // One by one: each call may have a logger, and a spread costs three times as much.
    const fields: Record<string, unknown> = { requestId: this.requestId, method: shared.incoming.method };
    if (targetName !== undefined) fields["target"] = targetName;
    if (tenant !== undefined) fields["tenant"] = tenant;
    if (logFields !== undefined) Object.assign(fields, logFields);
    return (shared.log = shared.environment.log.child(fields));
  }
  get state(): ContextState {
    return (this.#shared.state ??= new ContextState());
  }
  get trace(): TraceContext {
    const meta = this.#shared.incoming.meta;
    return {
      traceparent: textOf(meta["traceparent"]),
      tracestate: textOf(meta["tracestate"]),
      baggage: textOf(meta["baggage"]),
    };
  }

  // What a handler calls is a getter that gives a function, so that it can be taken out:
  // `({ id }, { progress }) => ...`.

  get progress(): Context["progress"] {
    const { incoming, environment } = this.#shared;
    return (done, total, message) => {
      const token = incoming.meta["progressToken"];
      if (this.#isOver || (typeof token !== "string" && typeof token !== "number")) return;
      this.#shared.reported = true;
      this.#shared.progress ??= new ProgressReporter(token, environment.progressIntervalMs, (params) =>
        incoming.notify("notifications/progress", params),
      );
      this.#shared.progress.report(done, total, message);
    };
  }

  get clientLog(): Context["clientLog"] {
    const { incoming } = this.#shared;
    const send = async (level: LoggingLevel, data: unknown, logger?: string): Promise<void> => {
      const carried = toJsonValue(data, "clientLog()");
      // A client that does not hear it is no reason to fail; one that is gone is told by the signal.
      if (this.#isOver) return;
      this.#shared.reported = true;
      await incoming.clientLog(level, carried, logger).catch(() => undefined);
    };
    return (level, data, logger) => quiet(send(level, data, logger));
  }

  get invoke(): Context["invoke"] {
    const { environment, incoming } = this.#shared;
    return (method, params = {}, { signal } = {}) => {
      const both = signal === undefined ? this.signal : AbortSignal.any([this.signal, signal]);
      return quiet(environment.invoke(incoming, { method, params, signal: both }));
    };
  }

  get closeStream(): Context["closeStream"] {
    return () => this.#shared.incoming.closeStream?.();
  }

  get elicit(): Context["elicit"] {
    return ((options: ElicitUrlOptions) => this.#input().elicit(options, this.signal)) as Context["elicit"];
  }

  get sample(): Context["sample"] {
    return (options) => this.#input().sample(options, this.signal);
  }

  get roots(): Context["roots"] {
    return (options = {}) => this.#input().roots(options, this.signal);
  }

  get once(): Context["once"] {
    return (key, work) => this.#input().once(key, work);
  }

  /** Whether nothing more may be said about the call: it has its answer, or the client has given it up. */
  get #isOver(): boolean {
    return this.#shared.finished || this.#shared.incoming.signal.aborted;
  }

  #input(): CallInput {
    const shared = this.#shared;
    return (shared.input ??= new CallInput(shared.incoming, {
      sealer: shared.environment.sealer(),
      timeoutMs: shared.environment.inputTimeoutMs,
      tenant: () => shared.tenant,
    }));
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
