import { shorten } from "../errors/quote.ts";

/** Characters of a key that come back in a message: the rest of a client's own text tells nobody anything. */
const maxKey = 60;

/** Writes the steps to a value as `items[2].price`; keys that are no identifiers are quoted, as `headers["x-id"]`. */
export function formatPath(steps: readonly PropertyKey[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else if (typeof step === "string" && /^[A-Za-z_$][\w$]{0,59}$/.test(step)) path += path === "" ? step : `.${step}`;
    else path += `[${JSON.stringify(shorten(String(step), maxKey))}]`;
  }
  return path;
}

/** The value at a path, or `undefined`; what objects inherit does not count. */
export function valueAt(root: unknown, steps: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
