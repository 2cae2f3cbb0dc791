/** A typed key into `ctx.state`; make one with {@link contextKey}. */
export interface ContextKey<T> {
  readonly name: string;
  /** Carries the type only; never set. */
  readonly type?: T;
}

/**
 * A key under which middleware leaves a value of type `T` for those inside it. Two keys of one name are different keys.
 */
export function contextKey<T>(name: string): ContextKey<T> {
  return Object.freeze({ name });
}

/** Values that belong to one call, by typed key. */
export class ContextState {
  readonly #values = new Map<ContextKey<unknown>, unknown>();

  get<T>(key: ContextKey<T>): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values.set(key, value);
  }

  has(key: ContextKey<unknown>): boolean {
    return this.#values.has(key);
  }
}
