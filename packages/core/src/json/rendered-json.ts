/** The JSON of a value that never changes, made when somebody asks for it. */
export class RenderedJson {
  readonly #value: object;
  #text: string | undefined;

  constructor(value: object) {
    this.#value = value;
  }

  get text(): string {
    return (this.#text ??= JSON.stringify(this.#value));
  }
}

const rendered = new WeakMap<object, RenderedJson>();

/**
 * Promises that a value never changes again, all the way down, so that its JSON need be made only once.
 * @returns the value
 */
export function renderOnce<T extends object>(value: T): T {
  rendered.set(value, new RenderedJson(value));
  return value;
}

/** The JSON that is kept for a value which went through {@link renderOnce}. */
export function renderedJson(value: unknown): RenderedJson | undefined {
  return typeof value === "object" && value !== null ? rendered.get(value) : undefined;
}
