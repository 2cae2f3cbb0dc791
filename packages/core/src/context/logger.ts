/** Fields that go with a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What Plinth logs through; a thin adapter fits any structured logger over it. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry `fields`. */
  child(fields: LogFields): Logger;
}

/** Severity, lowest first. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** Options for {@link stderrLogger}. */
export interface StderrLoggerOptions {
  /** Lines below this level are dropped. @default "info" */
  readonly level?: LogLevel;
  /** Fields that every line carries. */
  readonly fields?: LogFields;
  /** Takes one line, newline included. @default process.stderr */
  readonly write?: (line: string) => void;
}

/** The embedded default: one JSON object a line, to stderr, because stdout belongs to the protocol. */
export function stderrLogger({
  level = "info",
  fields = {},
  write = (line) => void process.stderr.write(line),
}: StderrLoggerOptions = {}): Logger {
  const log = (lineLevel: Exclude<LogLevel, "silent">, message: string, extra?: LogFields): void => {
    if (severity[lineLevel] < severity[level]) return;
    write(`${toJsonLine({ time: new Date().toISOString(), level: lineLevel, message, ...fields, ...extra })}\n`);
  };
  return {
    debug: (message, extra) => log("debug", message, extra),
    info: (message, extra) => log("info", message, extra),
    warn: (message, extra) => log("warn", message, extra),
    error: (message, extra) => log("error", message, extra),
    child: (childFields) => stderrLogger({ level, fields: { ...fields, ...childFields }, write }),
  };
}

/**
 * Logs an error through a logger that may itself fail on an odd value: then the line goes to stderr, and what the
 * caller was about to do, such as answering a client, goes on.
 */
export function logError(log: () => Logger, message: string, fields: LogFields): void {
  try {
    log().error(message, fields);
  } catch (loggerError) {
    stderrLogger().error(message, { ...fields, loggerError });
  }
}

/** Errors with their stack and causes; a value that JSON cannot carry costs that field, never the line. */
function toJsonLine(line: Record<string, unknown>): string {
  try {
    return toJson(line);
  } catch {
    return toJson(Object.fromEntries(Object.entries(line).map(([name, value]) => [name, legible(value)])));
  }
}

/** The field itself or, when it has a getter or a `toJSON()` that throws, what can be had of it. */
function legible(value: unknown): unknown {
  try {
    toJson({ value });
    return value;
  } catch {
    return stackOf(value) ?? "[illegible]";
  }
}

function stackOf(value: unknown): string | undefined {
  try {
    return value instanceof Error ? String(value.stack) : undefined;
  } catch {
    return undefined;
  }
}

function toJson(line: Record<string, unknown>): string {
  const seen = new WeakSet<object>();
  return JSON.stringify(line, (_key, value: unknown) => {
    if (typeof value === "bigint") return value.toString();
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return "[circular]";
    seen.add(value);
    if (value instanceof Error) {
      return { ...Object.fromEntries(Object.entries(value)), name: value.name, stack: value.stack, cause: value.cause };
    }
    return value;
  });
}
