import type { CreateMessageResult, LoggingLevel, Root } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import type { HttpRequestInfo, Incoming } from "../pipeline/incoming.ts";
import type { ClientInfo, Era, TransportKind } from "../protocol/eras.ts";
import { CallInput, type InputRequired } from "./call-input.ts";
import type { AskOptions, SampleOptions } from "./client-input.ts";
import { ContextState } from "./context-key.ts";
import type { Context, TraceContext } from "./context.ts";
import type { Logger } from "./logger.ts";
import type { Principal } from "./principal.ts";
import { ProgressReporter } from "./progress.ts";
import type { StateSealer } from "./request-state.ts";

/** What the server gives every context it makes. */
export interface ContextEnvironment {
  readonly log: Logger;
  readonly services: unknown;
  readonly progressIntervalMs: number;
  readonly inputTimeoutMs: number;
  readonly sealer: () => StateSealer;
}

/** What the copies of one call's context share; everything that not every call needs is made when first asked for. */
interface Shared {
  readonly incoming: Incoming;
  readonly environment: ContextEnvironment;
  readonly requestId: string;
  log: Logger | undefined;
  state: ContextState | undefined;
  progress: ProgressReporter | undefined;
  input: CallInput | undefined;
}

/** The one implementation of {@link Context}: a thin view of what the binding brought, per call. */
export class CallContext implements Context {
  readonly signal: AbortSignal;
  readonly #shared: Shared;

  private constructor(shared: Shared, signal: AbortSignal) {
    this.#shared = shared;
    this.signal = signal;
  }

  static create(
    incoming: Incoming,
    environment: ContextEnvironment,
    requestId: string,
    signal: AbortSignal,
  ): CallContext {
    const shared: Shared = {
      incoming,
      environment,
      requestId,
      log: undefined,
      state: undefined,
      progress: undefined,
      input: undefined,
    };
    return new CallContext(shared, signal);
  }

  /** The same context under another signal. */
  withSignal(signal: AbortSignal): CallContext {
    return new CallContext(this.#shared, signal);
  }

  /** Delivers the last progress report. The result must not go out before. */
  async finish(): Promise<void> {
    await this.#shared.progress?.finish();
  }

  /** Opens the sealed state that a retried call brought, before each run of the handler. @throws KitError `INVALID_REQUEST_STATE` */
  beginRun(): void {
    const { input, incoming } = this.#shared;
    if (input !== undefined || incoming.requestState !== undefined) this.#input().begin();
  }

  /** The questions that still wait for the client's answer, if the handler asked any (modern era). */
  pendingInput(): Promise<InputRequired> | undefined {
    return this.#shared.input?.pending();
  }

  get requestId(): string {
    return this.#shared.requestId;
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
    return this.#shared.incoming.principal?.tenant;
  }
  get sessionId(): string | undefined {
    return this.#shared.incoming.sessionId;
  }
  get services(): unknown {
    return this.#shared.environment.services;
  }
  get meta(): Readonly<Record<string, unknown>> {
    return this.#shared.incoming.meta;
  }
  get http(): HttpRequestInfo | undefined {
    return this.#shared.incoming.http;
  }
  get log(): Logger {
    const shared = this.#shared;
    return (shared.log ??= shared.environment.log.child({
      requestId: shared.requestId,
      method: shared.incoming.method,
    }));
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

  progress(done: number, total?: number, message?: string): void {
    const { incoming, environment } = this.#shared;
    const token = incoming.meta["progressToken"];
    if (typeof token !== "string" && typeof token !== "number") return;
    this.#shared.progress ??= new ProgressReporter(token, environment.progressIntervalMs, (params) =>
      incoming.notify("notifications/progress", params),
    );
    this.#shared.progress.report(done, total, message);
  }

  async clientLog(level: LoggingLevel, data: unknown, logger?: string): Promise<void> {
    await this.#shared.incoming.clientLog(level, data, logger);
  }

  closeStream(): void {
    this.#shared.incoming.closeStream?.();
  }

  // `any`: the overloads live in ClientInput, and the implementation takes and gives what they allow.
  elicit(options: any): Promise<any> {
    return this.#input().elicit(options, this.signal);
  }

  sample(options: SampleOptions): Promise<CreateMessageResult> {
    return this.#input().sample(options, this.signal);
  }

  roots(options: AskOptions = {}): Promise<readonly Root[]> {
    return this.#input().roots(options, this.signal);
  }

  once<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    return this.#input().once(key, work);
  }

  #input(): CallInput {
    const shared = this.#shared;
    return (shared.input ??= new CallInput(shared.incoming, {
      sealer: shared.environment.sealer(),
      timeoutMs: shared.environment.inputTimeoutMs,
    }));
  }
}

/** The context behind the interface. @throws KitError `MISUSE` for a context made elsewhere. */
export function asCallContext(context: Context): CallContext {
  if (context instanceof CallContext) return context;
  throw new KitError("MISUSE", "A middleware passed on a context of its own; change a call with call.with({ ... })");
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
