import { KitError, type ErrorCode } from "@plinth/core";
import type { ErrorRule } from "./error-rule.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

const unreachable: Meaning = {
  code: "UNAVAILABLE",
  message: "A service that this needs cannot be reached; try again later",
  retryAfterSeconds: 5,
};
const late: Meaning = { code: "TIMEOUT", message: "A service that this needs took too long; try again later" };
const exhausted: Meaning = {
  code: "UNAVAILABLE",
  message: "The server has run out of room for this; try again later",
  retryAfterSeconds: 30,
};
const busy: Meaning = {
  code: "UNAVAILABLE",
  message: "The database was busy with the same data; try again",
  retryAfterSeconds: 1,
};
const conflict: Meaning = {
  code: "CONFLICT",
  message: "This conflicts with data that is there already; look at it first, then change the call",
};

function meanings(...groups: readonly (readonly [Meaning, ...(readonly string[])])[]): ReadonlyMap<string, Meaning> {
  return new Map(groups.flatMap(([meaning, ...codes]) => codes.map((code) => [code, meaning] as const)));
}

/** `error.code` of Node's own errors and of undici. */
const systemCodes = meanings(
  [unreachable, "ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH"],
  [unreachable, "ENETDOWN", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_SOCKET"],
  [late, "ETIMEDOUT", "ESOCKETTIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"],
  [exhausted, "ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EAGAIN"],
);

/** SQLSTATE of PostgreSQL (its manual, appendix A). */
const sqlStates = meanings(
  [unreachable, "08000", "08001", "08003", "08004", "08006", "57P01", "57P02", "57P03"],
  [exhausted, "53000", "53100", "53200", "53300", "53400"],
  [late, "57014", "55P03"],
  [busy, "40001", "40P01"],
  [conflict, "23505", "23503", "23P01"],
);

/** What the driver `pg` says without a code: that the connection is gone, or that the database has gone silent. */
const driverMessages = meanings(
  [
    unreachable,
    "Connection terminated unexpectedly",
    "Connection terminated",
    "Connection terminated due to connection timeout",
  ],
  [
    unreachable,
    "Client has encountered a connection error and is not queryable",
    "Client was closed and is not queryable",
  ],
  [unreachable, "timeout exceeded when trying to connect", "timeout expired"],
  [late, "Query read timeout"],
);

/** What is down, late or full underneath Node and undici: `UNAVAILABLE` and `TIMEOUT`, which clients may try again. */
export const systemErrors: ErrorRule = toRule((error) => systemCodes.get(codeIn(error)) ?? timeoutOf(error));

/**
 * What PostgreSQL says, by any driver that gives its SQLSTATE as `code`: unreachable, busy, too late, in conflict. And what
 * the driver `pg` says itself of a connection that broke, which has no code.
 */
export const postgresErrors: ErrorRule = toRule(
  (error) => sqlStates.get(codeIn(error)) ?? (codeIn(error) === "" ? driverMessages.get(messageIn(error)) : undefined),
);

function toRule(meaningOf: (error: object) => Meaning | undefined): ErrorRule {
  const find = (thrown: unknown): Meaning | undefined => {
    for (const error of causesOf(thrown)) {
      const meaning = meaningOf(error);
      if (meaning !== undefined) return meaning;
    }
    return undefined;
  };
  return {
    match: (error) => find(error) !== undefined,
    to(error) {
      const { code, message, retryAfterSeconds } = find(error) ?? unreachable;
      return new KitError(code, message, {
        cause: error,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      });
    },
  };
}

/** `fetch` hides the reason one cause deep, and a failed dial of several addresses in a list; no chain is this long. */
const longestChain = 8;

/** An error and what led to it, nearest first. A chain may be a circle. */
function* causesOf(thrown: unknown): Generator<object> {
  let error = thrown;
  for (let step = 0; step < longestChain && typeof error === "object" && error !== null; step += 1) {
    yield error;
    error = error instanceof AggregateError ? (error.errors as unknown[])[0] : (error as { cause?: unknown }).cause;
  }
}

function codeIn(error: object): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "";
}

function messageIn(error: object): string {
  const { message } = error as { message?: unknown };
  return typeof message === "string" ? message : "";
}

/** `AbortSignal.timeout()` of the handler's own. One that is aborted by the call itself is named by the call. */
function timeoutOf(error: object): Meaning | undefined {
  return (error as { name?: unknown }).name === "TimeoutError" ? late : undefined;
}
