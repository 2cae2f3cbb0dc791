/**
 * Something that is opened by the first call that needs it. A client that starts the server waits for its lists, which need
 * neither an HTTP client nor a sandbox.
 */
export class Lazy<Value extends AsyncDisposable> implements AsyncDisposable {
  readonly #open: () => Promise<Value>;
  #opened: Promise<Value> | undefined;

  constructor(open: () => Promise<Value>) {
    this.#open = open;
  }

  /** The same value for everybody. What does not open is tried again by the next call. */
  async get(): Promise<Value> {
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /** Closes the value, if it was ever opened. The server calls it when it stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    const value = await this.#opened?.catch(() => undefined);
    await value?.[Symbol.asyncDispose]();
  }
}
