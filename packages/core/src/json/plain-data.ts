import { KitError } from "../errors/kit-error.ts";

/**
 * A copy of `value` as it comes back from JSON, so that a value that was just made and the same value restored later
 * cannot differ. Members that are `undefined` are left out; `undefined` itself passes.
 *
 * @throws KitError `MISUSE` naming the place when JSON would lose or change something: a `Date`, a `Map`, a class
 * instance, a function, a `bigint`, `NaN`, a cycle
 */
export function toPlainData<T>(value: T, owner: string): T {
  if (value === undefined) return value;
  const refuse = (found: string, cause?: unknown): never => {
    throw new KitError("MISUSE", `${owner} has ${found}, which JSON cannot carry; return plain data instead`, {
      cause,
    });
  };
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    return refuse("a cycle, a bigint or a toJSON() that throws", cause);
  }
  const found = firstUncarried(value, "");
  if (found !== undefined || text === undefined) return refuse(found ?? `a ${typeof value}`);
  return JSON.parse(text) as T;
}

/** The first part that does not survive, described; `undefined` when all do. Cycles were ruled out before. */
function firstUncarried(value: unknown, path: string): string | undefined {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return undefined;
  const at = path === "" ? "" : ` at ${path}`;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${value}${at}`;
  if (typeof value !== "object") return `a ${typeof value}${at}`;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = item === undefined ? `undefined at ${path}[${index}]` : firstUncarried(item, `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `an object that is not plain${at}`;
  for (const [name, member] of Object.entries(value)) {
    const found = member === undefined ? undefined : firstUncarried(member, path === "" ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
