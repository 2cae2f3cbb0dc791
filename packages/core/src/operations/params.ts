import { jsonTypeOf } from "../definitions/schema-problems.ts";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";

/** Parameters as a client sent them. */
export type Params = Readonly<Record<string, unknown>>;

/** A string parameter. @throws KitError `INVALID_PARAMS` naming it */
export function requireString(params: Params, name: string, method: string): string {
  const value = params[name];
  if (typeof value === "string") return value;
  throw new KitError("INVALID_PARAMS", `${method} needs params.${name}, a string; got ${jsonTypeOf(value)}`);
}

/** An optional object parameter, empty when absent. @throws KitError `INVALID_PARAMS` naming it */
export function optionalObject(params: Params, name: string, method: string): Params {
  const value = params[name];
  if (value === undefined) return {};
  if (isRecord(value)) return value;
  throw new KitError("INVALID_PARAMS", `${method}: params.${name} must be an object; got ${jsonTypeOf(value)}`);
}

/** An optional cursor. @throws KitError `INVALID_PARAMS` */
export function optionalCursor(params: Params, method: string): string | undefined {
  return params["cursor"] === undefined ? undefined : requireString(params, "cursor", method);
}
