import type { LogFields, Logger, LogLevel } from "@plinth/core";
import { type CopyRules, PlainCopy } from "@plinth/redaction";
import { addFields, replaceFields } from "./plain-fields.ts";

/** A level that lines have. */
export type LineLevel = Exclude<LogLevel, "silent">;

/** Severity, lowest first. */
export const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** What the loggers of one log share. */
export interface LineWriter {
  threshold: number;
  readonly rules: CopyRules;
  readonly redact: ((line: LogFields) => LogFields) | undefined;
  readonly write: (level: LineLevel, line: Record<string, unknown>, message: string) => void;
}

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
    const copy = new PlainCopy(this.#writer.rules);
    // A caller in JavaScript may hand over anything.
    const text = typeof message === "string" ? copy.text(message) : "[no text]";
    const line = this.#begin(copy);
    if (fields !== undefined && fields !== null) addFields(line, fields, copy);
    if (redact === undefined) write(level, line, text);
    else this.#writeRedacted(level, { ...line, message: text }, redact);
  }

  #writeRedacted(level: LineLevel, line: Record<string, unknown>, redact: (line: LogFields) => LogFields): void {
    let shown: Record<string, unknown> = { redaction: "failed" };
    let message = "A line that could not be redacted";
    try {
      const { message: text, ...fields } = redact(line);
      const copy = new PlainCopy(this.#writer.rules);
      const checked = {};
      addFields(checked, fields, copy);
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
  #begin(copy: PlainCopy): Record<string, unknown> {
    if (this.#kept !== undefined) return { ...this.#kept };
    const parent = this.#parent;
    const line = parent === undefined ? {} : parent.#begin(copy);
    replaceFields(line, this.#fields, copy);
    if (this.#hasWritten) this.#kept = { ...line };
    this.#hasWritten = true;
    return line;
  }
}
