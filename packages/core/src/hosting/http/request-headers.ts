/**
 * The headers of a request as web code knows them, read from what node has parsed. To copy them into a `Headers` costs more
 * than all else that a call does with them, and most callers ask for one. Read-only, as those of an incoming request are.
 */
export class RequestHeaders implements Headers {
  readonly #raw: readonly string[];
  readonly #parsed: Readonly<Record<string, unknown>> | undefined;
  #copy: Headers | undefined;

  /**
   * @param raw Names and values in turn, as they came.
   * @param parsed By name in lower case, as node has them; tells at once which are not there, and most that are asked for
   * are not.
   */
  constructor(raw: readonly string[], parsed?: Readonly<Record<string, unknown>>) {
    linkToHeaders();
    this.#raw = raw;
    this.#parsed = parsed;
  }

  /** All values of a name, joined (WHATWG Fetch, concept-header-list-get): none of several is lost, as it would be in node. */
  get(name: string): string | null {
    const raw = this.#raw;
    const wanted = name.toLowerCase();
    if (this.#parsed !== undefined && this.#parsed[wanted] === undefined) return null;
    let found: string | null = null;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const candidate = raw[at] as string;
      if (candidate.length !== wanted.length || candidate.toLowerCase() !== wanted) continue;
      const value = raw[at + 1] as string;
      found = found === null ? value : `${found}${wanted === "cookie" ? "; " : ", "}${value}`;
    }
    return found;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  append(): never {
    throw immutable();
  }
  delete(): never {
    throw immutable();
  }
  set(): never {
    throw immutable();
  }

  getSetCookie(): string[] {
    return this.#headers.getSetCookie();
  }
  forEach(callback: (value: string, name: string, parent: Headers) => void, thisArgument?: unknown): void {
    for (const [name, value] of this) callback.call(thisArgument, value, name, this);
  }
  entries(): ReturnType<Headers["entries"]> {
    return this.#headers.entries();
  }
  keys(): ReturnType<Headers["keys"]> {
    return this.#headers.keys();
  }
  values(): ReturnType<Headers["values"]> {
    return this.#headers.values();
  }
  [Symbol.iterator](): ReturnType<Headers["entries"]> {
    return this.entries();
  }

  get #headers(): Headers {
    if (this.#copy !== undefined) return this.#copy;
    const copy = new Headers();
    for (let at = 0; at + 1 < this.#raw.length; at += 2) {
      copy.append(this.#raw[at] as string, this.#raw[at + 1] as string);
    }
    return (this.#copy = copy);
  }
}

let isLinked = false;

/** For `instanceof Headers`, without the work of its constructor. Not at once: node loads its `fetch` for the name alone. */
function linkToHeaders(): void {
  if (isLinked) return;
  isLinked = true;
  Object.setPrototypeOf(RequestHeaders.prototype, Headers.prototype);
}

function immutable(): TypeError {
  return new TypeError("The headers of an incoming request cannot be changed");
}
