import { errorCodes, type ErrorCode } from "./error-codes.ts";

/** Survives two copies of the package in one process, where `instanceof` does not. */
const brand: symbol = Symbol.for("@plinth/core/KitError");

/** Options for {@link KitError}. */
export interface KitErrorOptions {
  /** What led to it; goes to the log, never to a client. */
  readonly cause?: unknown;
  /** Whether clients see the message. @default what the code's table entry says */
  readonly expose?: boolean;
  /** Sent to clients as JSON-RPC `error.data` when the error is exposed. Must survive JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Seconds until a retry makes sense; sent as `Retry-After` and in `data.retryAfterSeconds`. */
  readonly retryAfterSeconds?: number;
}

/**
 * The base of every error that Plinth throws: a stable code out of one table, and a message safe to show when exposed.
 */
export class KitError extends Error {
  override readonly name: string = "KitError";
  readonly code: ErrorCode;
  readonly expose: boolean;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: KitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.expose = options.expose ?? errorCodes[code].expose;
    this.data = options.data;
    this.retryAfterSeconds = options.retryAfterSeconds;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a {@link KitError}, also one made by another copy of this package. */
  static isInstance(value: unknown): value is KitError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }
}

/** Options for {@link fail}. */
export interface FailOptions extends Omit<KitErrorOptions, "expose"> {
  /** A stable code. @default "FAILED" */
  readonly code?: ErrorCode;
}

/**
 * The answer of a tool that could not do what it was asked: its message is written for the model and crosses as it is.
 * Return it or throw it.
 */
export function fail(message: string, { code = "FAILED", ...options }: FailOptions = {}): KitError {
  return new KitError(code, message, { ...options, expose: true });
}
