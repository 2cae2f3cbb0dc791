/** The most characters of an offending value that come back in a message. */
const maxQuoted = 100;

/**
 * A policy, or a call, that no URL could have put right: the program is wrong. Its message names the option, quotes the
 * value and says what may stand there. It is written for the programmer and not for a client.
 */
export class UrlPolicyError extends TypeError {
  override readonly name: string = "UrlPolicyError";
}

/** Makes the error for one option. */
export function wrongOption(name: string, value: unknown, remedy: string): UrlPolicyError {
  return new UrlPolicyError(`${name} is ${quote(value)}; ${remedy}`);
}

/** A value as it stands in a message: in JSON where it has one, and cut. */
export function quote(value: unknown): string {
  if (value === undefined || value === null) return value === null ? "null" : "nothing";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") {
    if (typeof value !== "object") return `a ${typeof value}`;
    return Array.isArray(value) ? "an array" : "an object";
  }
  return JSON.stringify(value.length > maxQuoted ? `${value.slice(0, maxQuoted)}...` : value);
}
