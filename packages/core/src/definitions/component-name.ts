import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";

/**
 * Refuses a tool name that clients may not take: MCP and model providers agree on 1 to 64 of these characters. Names
 * that JavaScript objects inherit, such as `constructor`, are fine.
 *
 * @throws KitError `MISUSE`
 */
export function assertToolName(name: unknown): asserts name is string {
  if (typeof name === "string" && /^[A-Za-z0-9_./-]{1,64}$/.test(name)) return;
  throw new KitError(
    "MISUSE",
    `${quote(name)} is not a tool name: use 1 to 64 of the characters A-Z a-z 0-9 _ - . / and say the rest in "title"`,
  );
}

/** Refuses a prompt name that is empty, over 128 characters, or has control characters. @throws KitError `MISUSE` */
export function assertPromptName(name: unknown): asserts name is string {
  if (typeof name === "string" && /^\P{C}{1,128}$/u.test(name)) return;
  throw new KitError("MISUSE", `${quote(name)} is not a prompt name: use 1 to 128 printable characters`);
}
