/** A signal that is made when somebody reads it. */
export class LazySignal {
  readonly #make: () => AbortSignal;
  #signal: AbortSignal | undefined;

  constructor(make: () => AbortSignal) {
    this.#make = make;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#make());
  }
}
