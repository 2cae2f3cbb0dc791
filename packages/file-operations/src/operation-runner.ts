import { FileError } from "./errors/file-error.ts";
import { fromSystemError } from "./errors/from-system-error.ts";
import { printablePath } from "./errors/printable-path.ts";
import type { FileEvent, FileOperation } from "./file-event.ts";
import { parsePath, type ParsedPath } from "./paths/parse-path.ts";
import type { RootContext } from "./root-context.ts";
import { ContentFailure } from "./writing/file-content.ts";

/** What is about to be done. */
export interface Request {
  readonly operation: FileOperation;
  readonly path: string;
  readonly signal: AbortSignal | undefined;
}

/** Something that stays open between two calls. */
export interface Handle {
  close(): Promise<void>;
}

/** What all operations of one root have in common: their turn, what they throw, what is told of them, and how they end. */
export class OperationRunner {
  readonly #context: RootContext;
  readonly #handles = new Set<Handle>();
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(context: RootContext) {
    this.#context = context;
  }

  /** Runs an operation that reads. */
  async read<Result>(request: Request, work: (path: ParsedPath) => Promise<Result>): Promise<Result> {
    return this.#guarded(request, async () => {
      const path = parsePath(request.path, this.#context.paths);
      return this.#inTurn(request, () => work(path));
    });
  }

  /** Runs an operation that changes something, and tells of it; `to` is the other path of a move or copy. */
  async change<Result extends { readonly size: number } | void>(
    { to, ...request }: Request & { readonly to?: string },
    work: (path: ParsedPath, to: ParsedPath) => Promise<Result>,
  ): Promise<Result> {
    const result = await this.#guarded(request, async () => {
      if (this.#context.mode === "read-only") {
        throw new FileError("read-only", "This root was opened for reading only", { path: request.path });
      }
      const path = parsePath(request.path, this.#context.paths);
      const other = to === undefined ? path : parsePath(to, this.#context.paths);
      return this.#inTurn(request, () => work(path, other));
    });
    this.#tell({
      type: "change",
      operation: request.operation,
      path: this.#fullPath(request.path),
      ...(to === undefined ? {} : { to: this.#fullPath(to) }),
      ...(typeof result === "object" ? { bytes: result.size } : {}),
    });
    return result;
  }

  /** Runs an operation that gives its results in batches; it takes its turn for each, and none while they are used. */
  async *iterate<Item>(
    request: Request,
    start: (path: ParsedPath) => AsyncGenerator<readonly Item[]>,
  ): AsyncGenerator<Item, void, void> {
    const batches = await this.#guarded(request, async () => {
      const generator = start(parsePath(request.path, this.#context.paths));
      const handle: Handle = { close: async () => void (await generator.return(undefined)) };
      this.hold(handle);
      return { generator, handle };
    });
    try {
      for (;;) {
        const next = await this.#guarded(request, () => this.#inTurn(request, () => batches.generator.next()));
        if (next.done === true) return;
        yield* next.value;
      }
    } finally {
      await this.release(batches.handle);
    }
  }

  /** Reads on from something that is open. */
  continue<Result>(request: Request, work: () => Promise<Result>): Promise<Result> {
    return this.#guarded(request, () => this.#inTurn(request, work));
  }

  /**
   * Keeps something open until it is released, or the root is closed.
   * @throws FileError `busy`
   */
  hold(handle: Handle): void {
    const { handles } = this.#context.limits;
    if (this.#handles.size >= handles) {
      throw new FileError("busy", `More than ${handles} streams and walks of this root are open; finish one first`);
    }
    this.#handles.add(handle);
  }

  async release(handle: Handle): Promise<void> {
    this.#handles.delete(handle);
    await handle.close();
  }

  /**
   * Lets what is under way end, then closes what is open. The root's own descriptor comes last: the number of a closed one
   * is given to the next file that is opened, and a path through it would lead there.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await Promise.allSettled(Array.from(this.#handles, (handle) => this.release(handle)));
    this.#context.tree.root.close();
  }

  async #inTurn<Result>({ signal }: Request, work: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined) throw new FileError("closed", "This root was closed");
    const running = this.#context.slots.run(async () => {
      await this.#context.tree.root.confirm();
      return work();
    }, signal);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #guarded<Result>(request: Request, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.#failure(request, error);
    }
  }

  /** What the caller gets to see, after the audit log has been told. */
  #failure({ operation, path, signal }: Request, error: unknown): unknown {
    if (error instanceof ContentFailure) return error.reason;
    if (signal?.aborted === true && error === signal.reason) return error;
    const failure = fromSystemError(error, path);
    if (FileError.isInstance(failure) && failure.refused) {
      const { code, reason } = failure;
      this.#tell({
        type: "refusal",
        operation,
        path: this.#fullPath(path),
        code,
        ...(reason === undefined ? {} : { reason }),
      });
    }
    return failure;
  }

  #fullPath(path: string): string {
    return [...this.#context.tree.prefix, printablePath(path)].join("/");
  }

  #tell(event: FileEvent): void {
    try {
      // One that writes its log asynchronously gives a promise, whatever its type says.
      const told: unknown = this.#context.onEvent?.(event);
      if (told instanceof Promise) told.catch(warnOfLog);
    } catch (error) {
      warnOfLog(error);
    }
  }
}

/** What happened to a file has happened; that the log failed must not look as if it had not. */
function warnOfLog(error: unknown): void {
  process.emitWarning(`onEvent of a root failed: ${String(error)}`, "FileEventWarning");
}
