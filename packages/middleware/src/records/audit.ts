import {
  assertOneOf,
  canonicalJson,
  codeOf,
  errorOutcome,
  KitError,
  resultOutcome,
  type Call,
  type CallOutcome,
  type ErrorCode,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import type { Redactor } from "@plinth/redaction";
import { digestOfSecret } from "./audit-chain.ts";
import type { AuditLog } from "./audit-log.ts";

/** Options for {@link audit}. */
export interface AuditOptions {
  /** Where records go; see `createAuditLog`. */
  readonly log: AuditLog;
  /** Methods that are recorded. @default `tools/call`, `resources/read`, `prompts/get` */
  readonly methods?: readonly string[];
  /**
   * Shows parameters, cleaned by this redactor, besides their digest. **Security:** what it does not know for a secret is
   * in the log for good. @default the digest alone
   */
  readonly redactor?: Redactor;
  /**
   * What becomes of calls while records cannot be written. `"refuse"` runs none until they can; `"allow"` runs them, and
   * records wait, then are dropped. @default "refuse"
   */
  readonly onSinkError?: "refuse" | "allow";
  /** Whether an answer waits until its record is written. Costs a write, shared by the calls of a moment. @default false */
  readonly wait?: boolean;
}

/** Names that clients choose may be of any length; a record shows so many characters. */
const longestText = 256;

/**
 * Records who did what and how it ended, once for each call: time, request id, principal, tenant, method, target, a digest
 * of the parameters, outcome (the words of `accessLog`), error code, duration. A call inside another (`ctx.invoke`) is one of its own. Stands inside
 * what settles identity, outside what refuses. Tells `audit: refused`.
 *
 * @throws KitError `UNAVAILABLE` before anything is done, while records cannot be written; `MISUSE` when made with what
 * cannot be
 */
export function audit(options: AuditOptions): Middleware {
  const { log, methods = ["tools/call", "resources/read", "prompts/get"], redactor } = options;
  const { onSinkError = "refuse", wait = false } = options;
  assertOneOf("onSinkError", onSinkError, ["refuse", "allow"]);
  const recorded = new Set(methods);
  let isOpen = false;

  async function recordedRun(call: Call, next: Next): Promise<Result> {
    if (!isOpen) await log.open();
    isOpen = true;
    if (log.problem !== undefined && onSinkError === "refuse") {
      call.emit({ part: "audit", action: "refused" });
      throw new KitError("UNAVAILABLE", "Calls cannot be recorded now; try again later", {
        cause: log.problem,
        retryAfterSeconds: 1,
      });
    }
    const start = performance.now();
    try {
      const result = await next();
      record(call, { ms: performance.now() - start, outcome: resultOutcome(result) });
      return result;
    } catch (error) {
      const code = codeOf(error, call);
      record(call, { ms: performance.now() - start, outcome: errorOutcome(error, code), code });
      throw error;
    } finally {
      if (wait) await log.flush();
    }
  }

  /** The call has ended: whatever a redactor makes of its parameters, there is a record. */
  const record = (call: Call, end: End): void => {
    try {
      log.record(describe(call, end, redactor?.redact(call.params)));
    } catch {
      log.record(describe(call, end, "cannot be shown"));
    }
  };

  const describe = (call: Call, end: End, shown: unknown): Record<string, unknown> => {
    const { context, method, params, target, depth } = call;
    const { principal } = context;
    return {
      event: "call",
      requestId: context.requestId,
      method,
      // Not the URI that was read: what stands in a template's variables is an argument.
      target: shortened(target?.name ?? params["name"]),
      principal: shortened(principal?.id),
      tenant: shortened(context.tenant),
      // Whoever has the id of a session can speak in it.
      session: context.sessionId === undefined ? undefined : digestOfSecret(context.sessionId, log.key),
      address: context.http?.remoteAddress,
      transport: context.transport,
      depth: depth === 0 ? undefined : depth,
      parameters: digestOf(params, log),
      shown,
      outcome: end.outcome,
      code: end.code,
      ms: Math.round(end.ms * 1_000) / 1_000,
    };
  };

  return function audit(call, next) {
    return recorded.has(call.method) ? recordedRun(call, next) : next();
  };
}

interface End {
  readonly ms: number;
  readonly outcome: CallOutcome;
  readonly code?: ErrorCode;
}

function digestOf(params: unknown, { key }: AuditLog): string {
  try {
    return digestOfSecret(canonicalJson(params), key);
  } catch {
    return "nested too deep";
  }
}

function shortened(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.length > longestText ? `${value.slice(0, longestText)}... (of ${value.length})` : value;
}
