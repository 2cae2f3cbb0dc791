import { createRequire } from "node:module";
import type { pino } from "pino";
import type { LineLevel } from "./field-logger.ts";

/** Milliseconds after the first line until pino is loaded: by then a server that has just started has answered its client. */
const loadAfterMs = 100;
/** Lines that wait for it at most. */
const maxEarly = 100;

/** A line that came before pino did. */
interface EarlyLine {
  readonly time: string;
  readonly level: LineLevel;
  readonly line: Record<string, unknown>;
  readonly message: string;
}

/** Lines as JSON, made by pino. It takes 10 ms to load, a tenth of a server's start, so the first lines wait for it. */
export class PinoLines {
  readonly #write: (line: string) => void;
  readonly #now: () => string;
  #pino: pino.Logger | undefined;
  #early: EarlyLine[] = [];
  /** The time of the early line that is being written. */
  #earlyTime: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isUrgent = false;

  constructor(write: (line: string) => void, now: () => string) {
    this.#write = write;
    this.#now = now;
  }

  add(level: LineLevel, line: Record<string, unknown>, message: string): void {
    if (this.#pino !== undefined) {
      this.#pino[level](line, message);
      return;
    }
    this.#early.push({ time: this.#now(), level, line, message });
    this.#timer ??= setTimeout(() => this.settle(), loadAfterMs).unref();
    if (this.#isUrgent || this.#early.length >= maxEarly) this.settle();
  }

  /** Writes what has waited. */
  settle(): void {
    clearTimeout(this.#timer);
    if (this.#early.length === 0) return;
    const lines = (this.#pino ??= this.#load());
    for (const { time, level, line, message } of this.#early.splice(0)) {
      this.#earlyTime = time;
      lines[level](line, message);
    }
    this.#earlyTime = undefined;
  }

  /** From now on no line waits: the process ends. */
  end(): void {
    this.#isUrgent = true;
    this.settle();
  }

  #load(): pino.Logger {
    const load = createRequire(import.meta.url)("pino") as typeof pino;
    return load(
      {
        level: "debug",
        base: null,
        messageKey: "message",
        timestamp: () => `,"time":"${this.#earlyTime ?? this.#now()}"`,
        formatters: { level: (label) => ({ level: label }) },
        // Pino would take a field of this name for an error of its own.
        serializers: { err: (value: unknown) => value },
      },
      { write: this.#write },
    );
  }
}
