import { errorCodes } from "../errors/error-codes.ts";
import type { WireError } from "../errors/wire-error.ts";
import type { Era } from "./eras.ts";

/**
 * Methods that the specification has in one era alone. In the other one they do not exist, even where an extension
 * method has the name; `tasks/get` and `tasks/cancel` came back as an extension.
 */
const onlyIn: ReadonlyMap<string, Era> = new Map([
  ["elicitation/create", "legacy"],
  ["initialize", "legacy"],
  ["logging/setLevel", "legacy"],
  ["ping", "legacy"],
  ["resources/subscribe", "legacy"],
  ["resources/unsubscribe", "legacy"],
  ["roots/list", "legacy"],
  ["sampling/createMessage", "legacy"],
  ["tasks/list", "legacy"],
  ["tasks/result", "legacy"],
  ["server/discover", "modern"],
  ["subscriptions/listen", "modern"],
] as const);

/** Whether a method that a server offers exists in an era. */
export function existsIn(era: Era, method: string): boolean {
  const only = onlyIn.get(method);
  return only === undefined || only === era;
}

/** The answer to a method that the era does not have, or the server does not offer (JSON-RPC 2.0 section 5.1). */
export const methodNotFound: WireError = {
  code: errorCodes.METHOD_NOT_FOUND.rpc,
  httpStatus: 404,
  message: "Method not found",
};
