import { KitError } from "../errors/kit-error.ts";
import { formatPath } from "./json-path.ts";

/**
 * What a client would see of a value after JSON: the value itself when it is already that, otherwise a copy without
 * `undefined` members and with `toJSON()` applied. Whatever `JSON.stringify` would drop or change in silence is
 * refused.
 *
 * @param source where the value comes from, for messages: `Tool "search"`
 * @throws KitError `INVALID_OUTPUT` naming the path, for a `BigInt`, a function, a symbol, `NaN` or an infinity,
 * `undefined` in an array, bytes, a circle, or an object without own properties such as a `Map`
 */
export function toJsonValue(value: unknown, source: string): unknown {
  return convert(value, { source, steps: [], above: [] });
}

interface Place {
  readonly source: string;
  /** Steps to the value; mutated on the way down and up. */
  readonly steps: PropertyKey[];
  /** The objects around the value. */
  readonly above: object[];
}

function convert(value: unknown, place: Place): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : refuse(String(value), "send null or a string", place);
    case "object":
      return value === null ? null : convertObject(value, place);
    case "bigint":
      return refuse("a BigInt", "send a string or a number", place);
    case "undefined":
      return refuse("undefined", "send null", place);
    case "function":
    case "symbol":
      return refuse(`a ${typeof value}`, "leave it out", place);
  }
}

function convertObject(value: object, place: Place): unknown {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return refuse("bytes", "send image(), audio(), embeddedResource() or a base64 string", place);
  }
  if (place.above.includes(value)) return refuse("an object that contains itself", "send plain data", place);
  place.above.push(value);
  try {
    if ("toJSON" in value && typeof value.toJSON === "function") return convert(value.toJSON(), place);
    return Array.isArray(value) ? convertArray(value, place) : convertMembers(value as Record<string, unknown>, place);
  } finally {
    place.above.pop();
  }
}

function convertArray(items: readonly unknown[], place: Place): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    place.steps.push(index);
    const item = convert(items[index], place);
    place.steps.pop();
    if (item !== items[index]) (copy ??= [...items])[index] = item;
  }
  return copy ?? items;
}

function convertMembers(value: Record<string, unknown>, place: Place): Record<string, unknown> {
  const keys = Object.keys(value);
  if (keys.length === 0 && !isPlain(value)) {
    const name: unknown = value.constructor?.name;
    return refuse(`a ${typeof name === "string" ? name : "special object"}`, "send a plain object or an array", place);
  }
  let copy: Map<string, unknown> | undefined;
  for (const key of keys) {
    const member = value[key];
    place.steps.push(key);
    // An optional property that is not there; JSON leaves it out too.
    const converted = member === undefined ? undefined : convert(member, place);
    place.steps.pop();
    if (member !== undefined && converted === member) continue;
    copy ??= new Map(Object.entries(value));
    if (member === undefined) copy.delete(key);
    else copy.set(key, converted);
  }
  // `fromEntries` defines properties, so a key `__proto__` stays a key.
  return copy === undefined ? value : Object.fromEntries(copy);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function refuse(what: string, remedy: string, { source, steps }: Place): never {
  const where = steps.length === 0 ? "" : ` at ${formatPath(steps)}`;
  throw new KitError("INVALID_OUTPUT", `${source}: JSON cannot carry ${what}${where}; ${remedy}`);
}
