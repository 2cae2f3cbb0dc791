/**
 * An error made for the program and whoever reads its result: its message crosses into the sandbox as it is. Errors of
 * any other class are replaced by a sentence that tells nothing of the host, unless they have `expose: true`.
 */
export class GuestError extends Error {
  override readonly name: string = "GuestError";
  /** What marks an error as made for clients, here and in `@plinth/core`. */
  readonly expose: boolean = true;
}
