import {
  assertOneOf,
  assertWholeNumber,
  codeOf,
  errorOutcome,
  KitError,
  resultOutcome,
  type Call,
  type CallOutcome,
  type ErrorCode,
  type LogLevel,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import { createRedactor, type Redactor } from "@plinth/redaction";
import { loggable } from "./loggable.ts";
import { sizeHint } from "./size-hint.ts";

/** Options for {@link accessLog}. */
export interface AccessLogOptions {
  /** Level of the line by how the call ended. @default refused "warn", failed "error", others "info" */
  readonly levels?: Partial<Readonly<Record<CallOutcome, LogLevel>>>;
  /** Milliseconds from which a call counts as slow; its line has at least the level "warn" and is never left out. @default 1_000 */
  readonly slowMs?: number;
  /** Share of the calls that ended `ok` and were not slow whose line is written, from 0 to 1. @default 1 */
  readonly sampleOk?: number;
  /**
   * Whether the lines of tool and prompt calls have their arguments, through the redactor. **Security:** a redactor finds
   * what looks like a secret; what users write about themselves it does not find. @default false
   */
  readonly arguments?: boolean;
  /** Removes secrets from arguments and from names that clients made up. @default `createRedactor()` */
  readonly redactor?: Redactor;
}

/** Who says what, next to the request id, method, target and tenant that every line about a call carries. */
interface AccessLine {
  outcome: CallOutcome;
  code?: ErrorCode;
  ms: number;
  slow?: true;
  requestSize: number;
  responseSize?: number;
  principal?: string;
  client?: string;
  era: string;
  transport: string;
  depth?: number;
  asked?: string;
  arguments?: unknown;
}

const defaultLevels: Readonly<Record<CallOutcome, LogLevel>> = {
  ok: "info",
  "input-required": "info",
  "tool-error": "info",
  refused: "warn",
  failed: "error",
  cancelled: "info",
};
const levelNames: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];

/**
 * Writes one line for each operation through `context.log`: how it ended, with which code, in how many milliseconds, about
 * how many characters went in and out, who called with which client, era and transport. Request id, method, target and
 * tenant come with the logger. A logger that fails costs its line and never the call.
 *
 * Tells `access-log` `failed` for a line that could not be written.
 *
 * @throws KitError `MISUSE` when made with what cannot be
 */
export function accessLog({
  levels = {},
  slowMs = 1_000,
  sampleOk = 1,
  arguments: withArguments = false,
  redactor = createRedactor(),
}: AccessLogOptions = {}): Middleware {
  assertWholeNumber("slowMs", slowMs);
  if (!(sampleOk >= 0 && sampleOk <= 1)) {
    throw new KitError("MISUSE", `sampleOk is ${String(sampleOk)}; it must be a number from 0 to 1`);
  }
  for (const [outcome, level] of Object.entries(levels)) {
    assertOneOf("A key of levels", outcome, Object.keys(defaultLevels));
    assertOneOf(`levels[${JSON.stringify(outcome)}]`, level, levelNames);
  }
  const levelOf = { ...defaultLevels, ...levels };

  function write(call: Call, since: number, outcome: CallOutcome, code: ErrorCode | undefined, result?: Result): void {
    try {
      const ms = performance.now() - since;
      const slow = ms >= slowMs;
      if (outcome === "ok" && !slow && sampleOk < 1 && Math.random() >= sampleOk) return;
      const level = slow && levelOf[outcome] !== "error" ? "warn" : levelOf[outcome];
      if (level !== "silent") call.context.log[level]("Call", lineOf(call, ms, slow, outcome, code, result));
    } catch {
      call.emit({ part: "access-log", action: "failed" });
    }
  }

  function lineOf(
    call: Call,
    ms: number,
    slow: boolean,
    outcome: CallOutcome,
    code: ErrorCode | undefined,
    result: Result | undefined,
  ): AccessLine & Record<string, unknown> {
    const { context, params, target } = call;
    const line: AccessLine & Record<string, unknown> = {
      outcome,
      ms: Math.round(ms * 100) / 100,
      requestSize: sizeHint(params),
      era: context.era,
      transport: context.transport,
    };
    if (code !== undefined) line.code = code;
    if (slow) line.slow = true;
    if (result !== undefined) line.responseSize = sizeHint(result);
    if (context.principal !== undefined) line.principal = loggable(context.principal.id);
    const client = context.client.info;
    if (client !== undefined) line.client = `${loggable(client.name)} ${loggable(client.version)}`;
    if (call.depth > 0) line.depth = call.depth;
    if (target === undefined) {
      const asked = params["name"] ?? params["uri"];
      if (typeof asked === "string") line.asked = loggable(redactor.redactText(asked.slice(0, 500)));
    }
    if (withArguments && params["arguments"] !== undefined) line.arguments = redactor.redact(params["arguments"]);
    return line;
  }

  return async function accessLog(call: Call, next: Next): Promise<Result> {
    const since = performance.now();
    try {
      const result = await next();
      write(call, since, resultOutcome(result), undefined, result);
      return result;
    } catch (error) {
      const code = codeOf(error, call);
      write(call, since, errorOutcome(error, code), code);
      throw error;
    }
  };
}
