import { FileError } from "../errors/file-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import { quote } from "../errors/quote.ts";
import { Turns } from "../limits/turns.ts";
import { parsePath, type ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { LineFinder, type LineMatch } from "../searching/line-finder.ts";
import { compileQuery, type TextQueryOptions } from "../searching/text-query.ts";
import { globEntries } from "./list.ts";
import { type ByteSource, openSource } from "./stream.ts";

/** One line of a file that has what was searched for. */
export interface SearchMatch extends LineMatch {
  /** From the root on. */
  readonly path: string;
}

/** What one search may use. */
export interface SearchBudget {
  /** Lines that it finds. @default 1,000 */
  readonly matches: number;
  /** Bytes of all files that it reads. @default 256 MiB */
  readonly bytes: number;
  /** Milliseconds that it takes, with the time in which its matches are used. @default 10,000 */
  readonly ms: number;
}

const defaults: SearchBudget = { matches: 1000, bytes: 256 * 1024 * 1024, ms: 10_000 };

/** @throws TypeError quoting a number that is not above zero */
export function resolveBudget(given: { readonly [Name in keyof SearchBudget]: number | undefined }): SearchBudget {
  const budget = {
    matches: given.matches ?? defaults.matches,
    bytes: given.bytes ?? defaults.bytes,
    ms: given.ms ?? defaults.ms,
  };
  for (const [name, value] of Object.entries<unknown>(budget)) {
    if (typeof value === "number" && value > 0) continue;
    throw new TypeError(`${name} is ${quote(value)}; it must be a number above zero`);
  }
  return budget;
}

/** Options for {@link searchFiles}. */
export interface SearchPlan extends TextQueryOptions {
  readonly query: string;
  readonly pattern: string;
  readonly budget: SearchBudget;
  readonly signal: AbortSignal | undefined;
}

/**
 * Searches the text files below a directory, line by line. What cannot be read, is binary or has gone is passed over.
 * @throws FileError `limit` when a part of the budget is used up
 */
export async function* searchFiles(
  context: RootContext,
  path: ParsedPath,
  { query, pattern, budget, signal, ...options }: SearchPlan,
): AsyncGenerator<readonly SearchMatch[]> {
  const search = new Search(context, path, { find: compileQuery(query, options), budget, signal });
  for await (const entries of globEntries(context, path, { pattern, details: false, signal })) {
    // Between the batches of a walk that matches nothing too.
    search.assertInTime();
    for (const entry of entries) {
      if (entry.kind === "file" && entry.addressable) yield* search.file(entry.path);
    }
  }
}

interface SearchOptions {
  readonly find: ReturnType<typeof compileQuery>;
  readonly budget: SearchBudget;
  readonly signal: AbortSignal | undefined;
}

class Search {
  readonly #context: RootContext;
  readonly #path: ParsedPath;
  readonly #options: SearchOptions;
  readonly #endsAt: number;
  #matches = 0;
  #bytes = 0;

  constructor(context: RootContext, path: ParsedPath, options: SearchOptions) {
    this.#context = context;
    this.#path = path;
    this.#options = options;
    this.#endsAt = performance.now() + options.budget.ms;
  }

  async *file(path: string): AsyncGenerator<readonly SearchMatch[]> {
    const source = await openOrPass(this.#context, path);
    if (source === undefined) return;
    try {
      const finder = new LineFinder(this.#options.find);
      const decoder = new TextDecoder();
      for (let isFirst = true; ; isFirst = false) {
        this.#options.signal?.throwIfAborted();
        const chunk = await source.next();
        // The sign of a binary file that grep and git go by.
        if (isFirst && chunk?.includes(0) === true) return;
        this.#bytes += chunk?.byteLength ?? 0;
        const isLast = chunk === undefined;
        yield* this.#look(path, finder.push(decoder.decode(chunk, { stream: !isLast }), { isLast }));
        if (this.#bytes > this.#options.budget.bytes) throw this.#used(`${this.#options.budget.bytes} bytes`);
        if (isLast) return;
      }
    } finally {
      await source.close();
    }
  }

  /** @throws FileError `limit` */
  assertInTime(): void {
    if (performance.now() > this.#endsAt) throw this.#used(`${this.#options.budget.ms} ms`);
  }

  async *#look(path: string, lines: Iterable<LineMatch | undefined>): AsyncGenerator<readonly SearchMatch[]> {
    this.assertInTime();
    const found: SearchMatch[] = [];
    const turns = new Turns();
    for (const match of lines) {
      if (match !== undefined) {
        this.#matches += 1;
        if (this.#matches > this.#options.budget.matches) {
          yield found;
          throw this.#used(`${this.#options.budget.matches} matches`);
        }
        found.push({ path, ...match });
      }
      if (!turns.isOver) continue;
      this.assertInTime();
      this.#options.signal?.throwIfAborted();
      await turns.next();
    }
    if (found.length > 0) yield found;
  }

  #used(what: string): FileError {
    const explanation = `The search below "${printablePath(this.#path.text)}" ended after ${what}; narrow it`;
    return new FileError("limit", explanation, { path: this.#path.text });
  }
}

/** Opens a file, unless it is one of those that a search passes over. */
async function openOrPass(context: RootContext, path: string): Promise<ByteSource | undefined> {
  try {
    return await openSource(context, parsePath(path, context.paths), {});
  } catch (error) {
    if (FileError.isInstance(error) && error.code !== "busy") return undefined;
    throw error;
  }
}
