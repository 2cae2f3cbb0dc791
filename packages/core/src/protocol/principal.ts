import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";

/** Who makes a call, as verified at the edge. */
export interface Principal {
  /** Stable id: a subject, a key id, a service name. Never a secret. */
  readonly id: string;
  /** What the caller may do, as OAuth scopes. */
  readonly scopes: readonly string[];
  /** The tenant the caller belongs to, where there are tenants. */
  readonly tenant?: string;
  /** Verified claims, for middleware. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * Lets through what may count as a caller. **Security:** sessions and sealed states are bound to the id, so a principal
 * without one would pass for everybody else without one.
 *
 * @throws KitError `MISUSE`
 */
export function assertPrincipal(value: unknown): asserts value is Principal | undefined {
  if (value === undefined) return;
  const isWhole =
    isRecord(value) && typeof value["id"] === "string" && value["id"] !== "" && Array.isArray(value["scopes"]);
  if (isWhole && (value["tenant"] === undefined || typeof value["tenant"] === "string")) return;
  throw new KitError(
    "MISUSE",
    "A principal needs an id, a text that is not empty, and scopes, a list; undefined means nobody",
  );
}
