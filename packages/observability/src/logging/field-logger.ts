import type { LogFields, Logger, LogLevel } from "@plinth/core";
import { PlainFields } from "./plain-fields.ts";

/** A level that lines have. */
export type LineLevel = Exclude<LogLevel, "silent">;

/** Severity, lowest first. */
export const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** What the loggers of one log share. */
export interface LineWriter {
  threshold: number;
  readonly isSecretName: (name: string) => boolean;
  readonly redact: ((line: LogFields) => LogFields) | undefined;
  readonly write: (level: LineLevel, line: Record<string, unknown>, message: string) => void;
}

/** Names that a line has already. Pino takes an object with a `socket` for a request of `node:http`. */
const taken: ReadonlySet<string> = new Set(["time", "level", "message", "socket"]);

/**
 * A logger with fields of its own. Cheap to make, since every call may make one and most never log: nothing is looked at
 * before the first line.
 */
export class FieldLogger implements Logger {
  readonly #writer: LineWriter;
  readonly #fields: LogFields;
  readonly #parent: FieldLogger | undefined;
  #kept: Readonly<Record<string, unknown>> | undefined;
  #hasWritten = false;

  constructor(writer: LineWriter, fields: LogFields, parent: FieldLogger | undefined) {
    this.#writer = writer;
    this.#fields = fields;
    this.#parent = parent;
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#writer.threshold <= severity.debug) this.#log("debug", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    if (this.#writer.threshold <= severity.info) this.#log("info", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    if (this.#writer.threshold <= severity.warn) this.#log("warn", message, fields);
  }
  error(message: string, fields?: LogFields): void {
    if (this.#writer.threshold <= severity.error) this.#log("error", message, fields);
  }

  child(fields: LogFields): Logger {
    return new FieldLogger(this.#writer, fields, this);
  }

  #log(level: LineLevel, message: string, fields: LogFields | undefined): void {
    const { redact, write } = this.#writer;
    const plain = new PlainFields(this.#writer.isSecretName);
    // A caller in JavaScript may hand over anything.
    const text = typeof message === "string" ? plain.text(message) : "[no text]";
    const line = this.#begin(plain);
    if (fields !== undefined && fields !== null) plain.add(line, fields, taken);
    if (redact === undefined) write(level, line, text);
    else this.#writeRedacted(level, { ...line, message: text }, redact);
  }

  #writeRedacted(level: LineLevel, line: Record<string, unknown>, redact: (line: LogFields) => LogFields): void {
    let shown: Record<string, unknown> = { redaction: "failed" };
    let message = "A line that could not be redacted";
    try {
      const { message: text, ...fields } = redact(line);
      const plain = new PlainFields(this.#writer.isSecretName);
      const checked = {};
      plain.add(checked, fields, taken);
      shown = checked;
      message = typeof text === "string" ? text : "";
    } catch {
      // As it stands above: a line that was not looked at is not shown.
    }
    this.#writer.write(level, shown, message);
  }

  /**
   * A new line with the fields of its parents and its own, where the nearest counts. They are kept from the second line on:
   * the logger of a call seldom writes more than one.
   */
  #begin(plain: PlainFields): Record<string, unknown> {
    if (this.#kept !== undefined) return { ...this.#kept };
    const parent = this.#parent;
    const line = parent === undefined ? {} : parent.#begin(plain);
    plain.replace(line, this.#fields, taken);
    if (this.#hasWritten) this.#kept = { ...line };
    this.#hasWritten = true;
    return line;
  }
}
