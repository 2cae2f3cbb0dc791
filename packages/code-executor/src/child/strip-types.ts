import { stripTypeScriptTypes } from "node:module";

const opening = "async function program() {\n";

/** What {@link stripTypes} gives. */
export interface Stripped {
  readonly javascript: string;
  /** Whether its lines are those of the TypeScript. */
  readonly sameLines: boolean;
}

/**
 * TypeScript as JavaScript, line for line where that is possible. Runs inside the sandbox: a hostile text can spoil the
 * stripper for every later one, and keep it busy.
 *
 * @throws Error in the stripper's words
 */
export function stripTypes(code: string): Stripped {
  const wrapped = `${opening}${code}\n}`;
  try {
    return { javascript: unwrap(stripTypeScriptTypes(wrapped, { mode: "strip" })), sameLines: true };
  } catch (error) {
    // Enums, namespaces and parameter properties are no types to be stripped; rewriting them moves lines.
    if ((error as NodeJS.ErrnoException).code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") throw error;
    return { javascript: unwrap(stripTypeScriptTypes(wrapped, { mode: "transform" })), sameLines: false };
  }
}

function unwrap(stripped: string): string {
  const start = stripped.indexOf("{");
  const end = stripped.lastIndexOf("}");
  return stripped.slice(start + 1, end).replace(/^\r?\n/, "");
}
