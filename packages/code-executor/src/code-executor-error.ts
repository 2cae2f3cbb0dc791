/**
 * Why the executor could not run a program at all; what the program does wrong is a result and not an error.
 * - `invalid`: an option or argument is wrong
 * - `unavailable`: something that the sandbox needs is missing on this machine
 * - `busy`: as many runs as allowed are on, and the queue is full
 * - `closed`: the executor was closed
 */
export type CodeExecutorErrorCode = "invalid" | "unavailable" | "busy" | "closed";

/** Survives two copies of the package in one process, where `instanceof` does not. */
const brand: symbol = Symbol.for("@plinth/code-executor/CodeExecutorError");

/** Thrown by {@link createCodeExecutor} and what it makes; see {@link CodeExecutorErrorCode} for the reasons. */
export class CodeExecutorError extends Error {
  override readonly name: string = "CodeExecutorError";
  readonly code: CodeExecutorErrorCode;

  constructor(code: CodeExecutorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a {@link CodeExecutorError}, also one made by another copy of this package. */
  static isInstance(value: unknown): value is CodeExecutorError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }
}
