/** Thrown when a message holds something that JSON would lose or change on a real wire. */
export class UnfaithfulMessageError extends Error {
  override readonly name: string = "UnfaithfulMessageError";
  /** Where in the message, as `result.content[0].data`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`The message would not survive JSON: ${path || "the message"} ${problem}`);
    this.path = path;
  }
}

/**
 * A copy of `message` as the other end of a wire would see it. In-memory transports pass objects by reference, which
 * hides what JSON loses.
 * @throws UnfaithfulMessageError for a value that JSON cannot carry as it is
 */
export function throughJson<T>(message: T): T {
  const text = toJson(message);
  assertFaithful(message, "");
  return JSON.parse(text) as T;
}

/** Goes first: on a circle the walk below would not end. */
function toJson(message: unknown): string {
  try {
    return JSON.stringify(message);
  } catch {
    throw new UnfaithfulMessageError("", "holds a circle, a bigint, or a member that throws when it is read");
  }
}

function assertFaithful(value: unknown, path: string): void {
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new UnfaithfulMessageError(path, `is ${value}, which becomes null`);
    return;
  }
  if (typeof value !== "object") throw new UnfaithfulMessageError(path, `is a ${typeof value}`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertFaithful(item, `${path}[${index}]`);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new UnfaithfulMessageError(
      path,
      `is an instance of ${value.constructor?.name ?? "a class"}, which arrives as plain data`,
    );
  }
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) assertFaithful(item, path === "" ? key : `${path}.${key}`);
  }
}
