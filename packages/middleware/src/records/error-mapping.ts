import { KitError, type Call, type Middleware } from "@plinth/core";
import { createRedactor, type Redactor } from "@plinth/redaction";
import type { ErrorRule } from "./error-rule.ts";
import { postgresErrors, systemErrors } from "./error-rules.ts";

/** Options for {@link errorMapping}. */
export interface ErrorMappingOptions {
  /** Tried in order; the first that matches decides. @default `[systemErrors, postgresErrors]` */
  readonly rules?: readonly ErrorRule[];
  /** Removes secrets from what rules say, and from what is logged of the error. @default `createRedactor()` */
  readonly redactor?: Redactor;
}

/**
 * Gives errors of libraries a meaning for clients, once for all tools: by default what says that a service is down, late or
 * in conflict. What no rule matches stays as it is, and so is masked; a `KitError` has its meaning already. Logs each
 * error that it maps, since what is made for clients is no longer logged as a failure.
 *
 * Tells `error-mapping` `mapped`.
 *
 * @throws KitError `MISUSE` when made with what is no rule
 */
export function errorMapping({
  rules = [systemErrors, postgresErrors],
  redactor = createRedactor(),
}: ErrorMappingOptions = {}): Middleware {
  for (const [index, rule] of rules.entries()) {
    if (typeof rule?.match === "function" && typeof rule.to === "function") continue;
    throw new KitError(
      "MISUSE",
      `rules[${index}] is no rule; give { match: (error) => ..., to: (error) => new KitError(...) }`,
    );
  }

  function map(thrown: unknown, call: Call): KitError | undefined {
    for (const { match, to } of rules) {
      if (!match(thrown, call)) continue;
      const meant: unknown = to(thrown, call);
      if (KitError.isInstance(meant)) return scrubbed(meant);
      throw new KitError("MISUSE", "to() of an error rule gave no KitError");
    }
    return undefined;
  }

  function scrubbed(error: KitError): KitError {
    const { code, message, data, expose, cause, retryAfterSeconds } = error;
    const text = redactor.redactText(message);
    if (text === message && data === undefined) return error;
    return new KitError(code, text, {
      cause,
      expose,
      ...(data !== undefined && { data: redactor.redact(data) as Record<string, unknown> }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  function tell(call: Call, thrown: unknown, { code, expose }: KitError): void {
    call.emit({ part: "error-mapping", action: "mapped" });
    // What is masked is logged by whoever masks it.
    if (expose) call.context.log.warn("Error mapped", { code, error: redactor.redact(thrown) });
  }

  return async function errorMapping(call, next) {
    try {
      return await next();
    } catch (thrown) {
      // What is thrown by a call that has been ended says nothing: core names what ended it.
      if (KitError.isInstance(thrown) || call.signal.aborted) throw thrown;
      throw meaningOf(thrown, call);
    }
  };

  /** The error to go on with. Whatever a rule or the logger does, it is never less than what was thrown. */
  function meaningOf(thrown: unknown, call: Call): unknown {
    let meant: KitError | undefined;
    try {
      meant = map(thrown, call);
      if (meant !== undefined) tell(call, thrown, meant);
    } catch (error) {
      if (meant === undefined) logRuleFailure(call, error);
    }
    return meant ?? thrown;
  }

  function logRuleFailure(call: Call, error: unknown): void {
    try {
      call.context.log.error("An error rule failed; the error stays masked", { error: redactor.redact(error) });
    } catch {
      // The error itself still reaches the log, masked.
    }
  }
}
