import { assertOneOf, assertOptions } from "./assert-options.ts";
import type { Guarantee } from "./directories/place.ts";
import type { Usage } from "./limits/quota.ts";
import { OperationRunner, type Request } from "./operation-runner.ts";
import { globEntries, listEntries, walkEntries } from "./operations/list.ts";
import { makeDirectory } from "./operations/make-directory.ts";
import { movePath } from "./operations/move.ts";
import { decodeText, readBytes } from "./operations/read.ts";
import { removePath } from "./operations/remove.ts";
import { resolveBudget, type SearchBudget, searchFiles, type SearchMatch } from "./operations/search.ts";
import { type FileInfo, pathExists, statPath } from "./operations/stat.ts";
import { type ByteRange, openStream } from "./operations/stream.ts";
import { openSubtree } from "./operations/subroot.ts";
import type { FileEntry } from "./operations/walk.ts";
import { appendFile, copyFile, writeFile } from "./operations/write.ts";
import type { RootContext, RootMode } from "./root-context.ts";
import type { TextQueryOptions } from "./searching/text-query.ts";
import type { FileContent } from "./writing/file-content.ts";

/** What every operation takes. */
export interface OperationOptions {
  /** Ends the operation with the signal's reason, between two calls of the operating system. A file is changed whole or not at all. */
  readonly signal?: AbortSignal | undefined;
}

/** Options for `stream`. */
export interface StreamOptions extends OperationOptions, ByteRange {}

/** Options for `write`. */
export interface WriteOptions extends OperationOptions {
  /** Writes only when the file still is this version: the `etag` of a `stat` or of the last write. Other processes are not locked out. */
  readonly ifMatch?: string | undefined;
  /** `"*"` writes only when there is no such file. */
  readonly ifNoneMatch?: "*" | undefined;
}

/** Options for `append`. */
export interface AppendOptions extends OperationOptions {
  /** Appends only when the file still is this version. */
  readonly ifMatch?: string | undefined;
}

/** Options for `list`, `walk` and `glob`. */
export interface ListOptions extends OperationOptions {
  /** Asks for the size, time and etag of each entry too. @default false */
  readonly details?: boolean | undefined;
}

/** Options for `mkdir`. */
export interface MakeDirectoryOptions extends OperationOptions {
  /** Makes the directories on the way too, and does not mind one that is there. @default false */
  readonly recursive?: boolean | undefined;
}

/** Options for `move` and `copy`. */
export interface PlaceOptions extends OperationOptions {
  /** Lets a file take the place of another. @default false */
  readonly overwrite?: boolean | undefined;
}

/** Options for `remove`. */
export interface RemoveFileOptions extends OperationOptions {
  /**
   * Removes a directory with all that is in it. Where a rule keeps something in it, nothing is removed; a signal and an
   * error of the disk leave what has not gone yet. @default false
   */
  readonly recursive?: boolean | undefined;
}

/** Options for `search`. */
export interface SearchOptions extends OperationOptions, TextQueryOptions, Partial<SearchBudget> {
  /** The directory to search. @default "." */
  readonly path?: string | undefined;
  /** Which files, as for `glob`, from the root on. @default "**" */
  readonly glob?: string | undefined;
}

/** Options for `subroot`. */
export interface SubrootOptions extends OperationOptions {
  /** `read-write` needs a root that may be written to. @default the mode of this root */
  readonly mode?: RootMode | undefined;
}

/**
 * A directory that can be worked in and not left. Every path is relative to it, with `/` between names. All methods throw
 * {@link FileError}, and `TypeError` for options that do not exist. Made by `openRoot` and `subroot`; close it in the end.
 */
export class FileRoot {
  /** How much it holds against someone who exchanges directories and links meanwhile. */
  readonly guarantee: Guarantee;
  readonly mode: RootMode;
  readonly #context: RootContext;
  readonly #runner: OperationRunner;

  /** @internal Use `openRoot`. */
  constructor(context: RootContext) {
    this.guarantee = context.tree.backend.guarantee;
    this.mode = context.mode;
    this.#context = context;
    this.#runner = new OperationRunner(context);
  }

  /** The bytes of a file, at most `limits.readBytes`: what it held when it was opened. */
  async read(path: string, options: OperationOptions = {}): Promise<Buffer<ArrayBuffer>> {
    return this.#run({ operation: "read", path }, options, (parsed) =>
      readBytes(this.#context, parsed, options.signal),
    );
  }

  /** The text of a file, which must be UTF-8; without its byte order mark. */
  async readText(path: string, options: OperationOptions = {}): Promise<string> {
    return this.#run({ operation: "read", path }, options, async (parsed) =>
      decodeText(await readBytes(this.#context, parsed, options.signal), parsed),
    );
  }

  /** A file, or a part of it, as a stream: what it held when it was opened, at most `limits.streamBytes`. Read or cancel it. */
  async stream(path: string, options: StreamOptions = {}): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const request = this.#request({ operation: "stream", path }, options, ["signal", "start", "end"]);
    return openStream(this.#context, { runner: this.#runner, request, range: options });
  }

  /**
   * Puts a file there, whole and in one step, and waits until the disk has it. A new file is for this user alone; one that
   * is replaced keeps its permissions, but not set-user-id, set-group-id and sticky.
   */
  async write(path: string, data: FileContent, options: WriteOptions = {}): Promise<FileInfo> {
    const request = this.#request({ operation: "write", path }, options, ["signal", "ifMatch", "ifNoneMatch"]);
    assertOneOf("ifNoneMatch", options.ifNoneMatch, ["*", undefined]);
    return this.#runner.change(request, (parsed) =>
      writeFile(this.#context, parsed, { ...options, data, signal: options.signal }),
    );
  }

  /** Adds to the end of a file, or begins one. The whole file is written anew, so that it never is half there. */
  async append(path: string, data: string | Uint8Array, options: AppendOptions = {}): Promise<FileInfo> {
    const request = this.#request({ operation: "append", path }, options, ["signal", "ifMatch"]);
    return this.#runner.change(request, (parsed) =>
      appendFile(this.#context, parsed, { ...options, data, signal: options.signal }),
    );
  }

  /** The entries of a directory, in the order of the file system. */
  list(path = ".", options: ListOptions = {}): AsyncGenerator<FileEntry, void, void> {
    const request = this.#request({ operation: "list", path }, options, ["signal", "details"]);
    return this.#runner.iterate(request, (parsed) => listEntries(this.#context, parsed, toSettings(options)));
  }

  /** The entries of a directory and of all below it, each directory before what is in it. */
  walk(path = ".", options: ListOptions = {}): AsyncGenerator<FileEntry, void, void> {
    const request = this.#request({ operation: "walk", path }, options, ["signal", "details"]);
    return this.#runner.iterate(request, (parsed) => walkEntries(this.#context, parsed, toSettings(options)));
  }

  /**
   * The entries that match a pattern: `*` and `?` within a name, `**` for any number of directories, `{a,b}` for
   * alternatives. Names that begin with a dot are like others.
   */
  glob(pattern: string, options: ListOptions = {}): AsyncGenerator<FileEntry, void, void> {
    const request = this.#request({ operation: "glob", path: "." }, options, ["signal", "details"]);
    return this.#runner.iterate(request, (parsed) =>
      globEntries(this.#context, parsed, { ...toSettings(options), pattern }),
    );
  }

  /** What is known of a file or directory. A link is refused, unless the root follows it; a list says that it is one. */
  async stat(path: string, options: OperationOptions = {}): Promise<FileInfo> {
    return this.#run({ operation: "stat", path }, options, (parsed) => statPath(this.#context, parsed));
  }

  /** Whether something has that name. A path that a rule refuses is refused here too. */
  async exists(path: string, options: OperationOptions = {}): Promise<boolean> {
    return this.#run({ operation: "exists", path }, options, (parsed) => pathExists(this.#context, parsed));
  }

  /** Makes a directory for this user alone. */
  async mkdir(path: string, options: MakeDirectoryOptions = {}): Promise<void> {
    const request = this.#request({ operation: "mkdir", path }, options, ["signal", "recursive"]);
    return this.#runner.change(request, (parsed) =>
      makeDirectory(this.#context, parsed, { recursive: options.recursive ?? false }),
    );
  }

  /** Gives a file or a directory another name or place, in one step. */
  async move(from: string, to: string, options: PlaceOptions = {}): Promise<void> {
    const request = this.#request({ operation: "move", path: from }, options, ["signal", "overwrite"]);
    return this.#runner.change({ ...request, to }, (source, target) =>
      movePath(this.#context, source, { to: target, overwrite: options.overwrite ?? false }),
    );
  }

  /** Copies one file, of at most `limits.writeBytes`; the copy is made like a `write`. */
  async copy(from: string, to: string, options: PlaceOptions = {}): Promise<FileInfo> {
    const request = this.#request({ operation: "copy", path: from }, options, ["signal", "overwrite"]);
    const condition = options.overwrite === true ? {} : { ifNoneMatch: "*" as const };
    return this.#runner.change({ ...request, to }, (source, target) =>
      copyFile(this.#context, source, { ...condition, to: target, signal: options.signal }),
    );
  }

  /** Removes a file, an empty directory, or a link itself. */
  async remove(path: string, options: RemoveFileOptions = {}): Promise<void> {
    const request = this.#request({ operation: "remove", path }, options, ["signal", "recursive"]);
    return this.#runner.change(request, (parsed) =>
      removePath(this.#context, parsed, { recursive: options.recursive ?? false, signal: options.signal }),
    );
  }

  /**
   * The lines of text files that have `query` in them, one match for each line. There are no regular expressions, since
   * nothing could stop a hostile one.
   */
  search(query: string, options: SearchOptions = {}): AsyncGenerator<SearchMatch, void, void> {
    assertOptions(options, searchOptions);
    const { path = ".", glob = "**", signal, matches, bytes, ms, ...rest } = options;
    const budget = resolveBudget({ matches, bytes, ms });
    return this.#runner.iterate({ operation: "search", path, signal }, (parsed) =>
      searchFiles(this.#context, parsed, { ...rest, query, pattern: glob, budget, signal }),
    );
  }

  /**
   * A directory of this root as a root of its own. It shares limits, quota and rules with this one, can be no more than
   * this one, and is closed by itself. Links inside must not lead out of the directory.
   */
  async subroot(path: string, options: SubrootOptions = {}): Promise<FileRoot> {
    const request = this.#request({ operation: "subroot", path }, options, ["signal", "mode"]);
    const mode = options.mode ?? this.mode;
    assertOneOf("mode", mode, ["read-only", "read-write"]);
    return this.#runner.read(request, async (parsed) => new FileRoot(await openSubtree(this.#context, parsed, mode)));
  }

  /** What the root that was opened first holds: counted when it was opened, and with every change by this process since. */
  usage(): Usage {
    return this.#context.quota.used;
  }

  /** Waits for what is under way, ends open streams and walks, and gives the directory up. */
  close(): Promise<void> {
    return this.#runner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<Result>(
    request: Pick<Request, "operation" | "path">,
    options: OperationOptions,
    work: Parameters<typeof OperationRunner.prototype.read<Result>>[1],
  ): Promise<Result> {
    return this.#runner.read(this.#request(request, options, ["signal"]), work);
  }

  #request(request: Pick<Request, "operation" | "path">, options: OperationOptions, known: readonly string[]): Request {
    assertOptions(options, known);
    return { ...request, signal: options.signal };
  }
}

const searchOptions = ["signal", "path", "glob", "ignoreCase", "wholeWord", "wildcards", "matches", "bytes", "ms"];

function toSettings({ details = false, signal }: ListOptions): { details: boolean; signal: AbortSignal | undefined } {
  return { details, signal };
}
