import { isatty } from "node:tty";
import {
  assertOneOf,
  assertWholeNumber,
  KitError,
  quote,
  type LogFields,
  type Logger,
  type LogLevel,
  type TransportKind,
} from "@plinth/core";
import { FieldLogger, severity, type LineWriter } from "./field-logger.ts";
import { jsonLine } from "./json-line.ts";
import { LineSink } from "./line-sink.ts";
import { lineRules } from "./plain-fields.ts";
import { assertPretty, prettyLine, type PrettyLine } from "./pretty-line.ts";
import { rotatingFile, type LogFile } from "./rotating-file.ts";
import { sharesStdout } from "./shares-stdout.ts";
import { standardOutput } from "./standard-output.ts";

/** Options for {@link createLogger}. */
export interface LoggerOptions {
  /** Lines below this level are dropped. @default "info" */
  readonly level?: LogLevel;
  /** Where lines go. @default "stderr" */
  readonly destination?: "stderr" | "stdout" | LogFile;
  /** How the server is reached: over `stdio`, stdout belongs to the protocol, and is refused as a destination. */
  readonly transport?: TransportKind;
  /**
   * Whether lines are for people instead of JSON; takes the package `pino-pretty`. `"terminal"` means on a terminal, where
   * the package is installed. @default "terminal"
   */
  readonly pretty?: boolean | "terminal";
  /** Fields that every line carries. */
  readonly fields?: LogFields;
  /**
   * Has the last word on what a line says, the message included, after what Plinth redacts itself. What throws or returns no
   * object costs the line its fields, and shows nothing that it should not. @default nothing more is redacted
   */
  readonly redact?: (line: LogFields) => LogFields;
  /** Characters that wait for a slow reader or a full disk; lines that come after are dropped and counted. @default 4_194_304 */
  readonly maxBuffered?: number;
}

/** How a logger fares. */
export interface LoggerStats {
  /** Lines that were dropped because the destination took none. */
  readonly dropped: number;
}

/** A {@link Logger} that can be turned up while it runs, and ended. */
export interface PlatformLogger extends Logger, AsyncDisposable {
  /** Lines below this level are dropped, of its children's too. @throws KitError `MISUSE` when set to no level */
  level: LogLevel;
  /** Resolves when all lines so far are out; after 2 s in any case. */
  flush(): Promise<void>;
  /** Flushes, then ends it. Lines that come later, such as why a server could not stop, are written one by one, and at once. */
  close(): Promise<void>;
  stats(): LoggerStats;
}

/** In the order of their severity. */
const levels: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];

/** Milliseconds that a reader who does not read may delay the end of a log, and of the process. */
const maxFlushMs = 2_000;
const maxExitMs = 1_000;

/**
 * Makes the log of a server: one JSON object a line with `time`, `level`, `message` and fields, as `stderrLogger` of
 * `@plinth/core` has them. A line costs no waiting: it goes to a bounded buffer, and out behind the event loop. What is left
 * in the buffer when the process exits, also because of an error that nobody caught, is written then.
 *
 * @throws KitError `MISUSE` for a destination that cannot be, or an option with a wrong value
 */
export function createLogger({
  level = "info",
  destination = "stderr",
  transport,
  pretty = "terminal",
  fields = {},
  redact,
  maxBuffered = 4_194_304,
}: LoggerOptions = {}): PlatformLogger {
  assertOneOf("level", level, levels);
  assertWholeNumber("maxBuffered", maxBuffered, { least: 1_024 });
  assertDestination(destination, transport);
  const format = formatFor(pretty, destination);
  const isoNow = isoClock();

  const sink = new LineSink({
    output: typeof destination === "string" ? standardOutput(destination) : rotatingFile(destination),
    maxBuffered,
    dropNotice: (dropped, reason) =>
      format(
        `${JSON.stringify({ time: isoNow(), level: "warn", message: "Log lines were dropped", dropped, reason })}\n`,
      ),
  });
  const writer: LineWriter = {
    threshold: severity[level],
    rules: lineRules(),
    redact,
    write: (lineLevel, line, message) => sink.write(format(jsonLine(lineLevel, isoNow(), line, message))),
  };

  const flushAtExit = (): void => sink.flushSync(maxExitMs);
  process.on("exit", flushAtExit);

  async function close(): Promise<void> {
    await sink.flush(maxFlushMs);
    process.off("exit", flushAtExit);
    sink.close();
  }

  const root = new FieldLogger(writer, fields, undefined);
  return {
    debug: (message, extra) => root.debug(message, extra),
    info: (message, extra) => root.info(message, extra),
    warn: (message, extra) => root.warn(message, extra),
    error: (message, extra) => root.error(message, extra),
    child: (extra) => root.child(extra),
    get level() {
      return levels[writer.threshold] ?? "silent";
    },
    set level(wanted) {
      assertOneOf("level", wanted, levels);
      writer.threshold = severity[wanted];
    },
    flush: () => sink.flush(maxFlushMs),
    close,
    stats: () => ({ dropped: sink.dropped }),
    [Symbol.asyncDispose]: close,
  };
}

function assertDestination(
  destination: NonNullable<LoggerOptions["destination"]>,
  transport: TransportKind | undefined,
): void {
  if (typeof destination !== "object") assertOneOf("destination", destination, ["stderr", "stdout"]);
  const isStdout = typeof destination === "object" ? sharesStdout(destination.file) : destination === "stdout";
  if (transport !== "stdio" || !isStdout) return;
  const name = typeof destination === "object" ? destination.file : destination;
  throw new KitError(
    "MISUSE",
    `destination ${quote(name)} is stdout, which belongs to the protocol over stdio: a log line there breaks the client's session; use "stderr" or a file`,
  );
}

/** What a finished line is made into. */
function formatFor(wanted: boolean | "terminal", destination: NonNullable<LoggerOptions["destination"]>): PrettyLine {
  if (wanted === true) {
    const pretty = prettyLine();
    assertPretty(pretty);
    return pretty;
  }
  const isTerminal = typeof destination === "string" && isatty(destination === "stdout" ? 1 : 2);
  return (wanted === "terminal" && isTerminal ? prettyLine() : undefined) ?? asItIs;
}

function asItIs(line: string): string {
  return line;
}

/** The time, for lines of which many share a millisecond. */
function isoClock(): () => string {
  let lastMs = 0;
  let lastText = "";
  return () => {
    const now = Date.now();
    if (now === lastMs) return lastText;
    lastMs = now;
    return (lastText = new Date(now).toISOString());
  };
}
