import { KitError, type LogFields } from "@plinth/core";
import { redacted, withoutSecrets } from "./secret-text.ts";

/** Characters of texts that one line shows in all. */
const maxText = 32_768;
/** Characters of one text that are shown. */
const maxTextPart = 8_192;
/** Levels of objects and lists that are shown. */
const maxDepth = 8;
/** Members and items that one line shows in all. */
const maxValues = 1_000;

/** Stands where a getter, a proxy or a `toJSON()` threw. */
const illegible = "[illegible]";
/** Stands in the place of what is left out. */
const leftOut = "[left out]";

/**
 * What an error tells. **Security:** HTTP clients hang their request, with its credentials, on the errors they throw, so
 * nothing else is shown of one.
 */
const errorFields = ["name", "message", "code", "stack", "errno", "syscall", "status", "statusCode"] as const;

/** One line's fields as plain data that JSON carries: bounded, without cycles, and without secrets. Never throws. */
export class PlainFields {
  readonly #isSecretName: (name: string) => boolean;
  #around: object[] | undefined;
  #text = maxText;
  #values = maxValues;

  constructor(isSecretName: (name: string) => boolean) {
    this.#isSecretName = isSecretName;
  }

  /** Adds `fields` to a line. A name that the line has already gets an underscore: what the server has said stays. */
  add(line: Record<string, unknown>, fields: LogFields, taken: ReadonlySet<string>): void {
    this.#put(line, fields, (name) => taken.has(name) || Object.hasOwn(line, name));
  }

  /** Adds `fields` to a line, in the place of those that it has. */
  replace(line: Record<string, unknown>, fields: LogFields, taken: ReadonlySet<string>): void {
    this.#put(line, fields, (name) => taken.has(name));
  }

  #put(line: Record<string, unknown>, fields: LogFields, isTaken: (name: string) => boolean): void {
    let names: string[];
    try {
      names = Object.keys(fields);
    } catch {
      line["fields"] = illegible;
      return;
    }
    for (const key of names) {
      if (this.#isFull(line)) return;
      const value = this.#member(fields, key);
      if (value === undefined) continue;
      let name = this.#name(key);
      while (isTaken(name)) name = `_${name}`;
      line[name] = value;
    }
  }

  /** A text, cut and without secrets. */
  text(text: string): string {
    const room = Math.min(maxTextPart, this.#text);
    this.#text -= Math.min(room, text.length);
    if (text.length <= room) return withoutSecrets(text);
    // What is cut in the middle of a secret is not recognised, so the last characters before the cut go as well.
    const clean = withoutSecrets(text.slice(0, room));
    return `${clean.slice(0, Math.max(0, clean.length - 512))}... (of ${text.length} characters)`;
  }

  #member(owner: object, name: string): unknown {
    this.#values -= 1;
    try {
      const value: unknown = (owner as Record<string, unknown>)[name];
      // That there is none is no secret, and often what one looks for.
      const isNothing = value === undefined || value === null || typeof value === "boolean";
      return !isNothing && this.#isSecretName(name) ? redacted : this.#plain(value);
    } catch {
      return illegible;
    }
  }

  #plain(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "bigint":
        // The digits of a huge one take long to find.
        return value > -(2n ** 256n) && value < 2n ** 256n ? value.toString() : "[bigint]";
      case "symbol":
      case "function":
        return `[${typeof value}]`;
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return value;
    }
  }

  #object(value: object, convert: (value: object) => unknown = (plain) => this.#convert(plain)): unknown {
    const around = (this.#around ??= []);
    if (around.includes(value)) return "[circular]";
    if (around.length >= maxDepth) return leftOut;
    around.push(value);
    try {
      return convert(value);
    } catch {
      return illegible;
    } finally {
      around.pop();
    }
  }

  #convert(value: object): unknown {
    if (Array.isArray(value)) return this.#list(value, value.length);
    if (value instanceof Error) return this.#error(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
    if (value instanceof URL) return this.text(value.href);
    if (value instanceof Map) return this.#pairs(value);
    // By its tag: Node loads all of `fetch` for the name of the class alone.
    if (Object.prototype.toString.call(value) === "[object Headers]") return this.#pairs(value as Headers);
    if (value instanceof Set) return this.#list(value, value.size);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    // What knows how it looks in JSON says so: a secret of @plinth/config hides itself that way.
    if ("toJSON" in value && typeof value.toJSON === "function") return this.#plain(value.toJSON());
    return this.#members(value);
  }

  #list(items: Iterable<unknown>, length: number): unknown[] {
    const shown: unknown[] = [];
    for (const item of items) {
      if (this.#values <= 0) {
        shown.push(`[${length - shown.length} left out]`);
        break;
      }
      this.#values -= 1;
      shown.push(this.#plain(item));
    }
    return shown;
  }

  #members(value: object): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (this.#isFull(shown)) break;
      const member = this.#member(value, key);
      if (member !== undefined) shown[this.#name(key)] = member;
    }
    return shown;
  }

  #pairs(pairs: Iterable<readonly [unknown, unknown]>): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    for (const [key, value] of pairs) {
      if (this.#isFull(shown)) break;
      const name = typeof key === "string" || typeof key === "number" ? String(key) : `[${typeof key}]`;
      shown[this.#name(name)] = this.#member({ [name]: value }, name);
    }
    return shown;
  }

  /** The name of a field: most are short, and words of the program. */
  #name(key: string): string {
    if (key.length <= 12) return key === "__proto__" ? "___proto__" : key;
    return this.text(key);
  }

  #error(error: object): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    for (const name of errorFields) {
      const value = name in error ? this.#member(error, name) : undefined;
      if (value !== undefined) shown[name] = value;
    }
    if (KitError.isInstance(error) && error.data !== undefined) shown["data"] = this.#member(error, "data");
    if (error instanceof AggregateError) shown["errors"] = this.#member(error, "errors");
    if ("cause" in error) shown["cause"] = this.#cause(error.cause);
    return shown;
  }

  /** What is thrown need not be an error: it may be a whole response. It tells no more than one. */
  #cause(cause: unknown): unknown {
    if (typeof cause !== "object" || cause === null) return this.#plain(cause);
    return this.#object(cause, (value) => this.#error(value));
  }

  #isFull(shown: Record<string, unknown>): boolean {
    if (this.#values > 0) return false;
    shown[leftOut] = "...";
    return true;
  }
}
