/** What a reference inside its own document leads to; `undefined` when it leads elsewhere or to nothing. */
export interface LocalTarget {
  readonly schema: unknown;
  /** A name for it: the last step of the pointer, or of the root. */
  readonly name: string;
}

/**
 * Follows a `$ref` that stays inside its document (JSON Pointer in a URI fragment, RFC 6901 section 6). Nothing is ever
 * fetched or read from a file: other references lead nowhere.
 */
export function localReference(reference: unknown, root: unknown): LocalTarget | undefined {
  if (typeof reference !== "string" || !/^#(\/|$)/.test(reference)) return undefined;
  const steps = decode(reference.slice(1));
  if (steps === undefined) return undefined;
  let schema = root;
  for (const step of steps) {
    if (typeof schema !== "object" || schema === null || !Object.hasOwn(schema, step)) return undefined;
    schema = (schema as Record<string, unknown>)[step];
  }
  return { schema, name: steps.at(-1) ?? "Root" };
}

function decode(pointer: string): string[] | undefined {
  try {
    const steps = decodeURIComponent(pointer).split("/").slice(1);
    return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  } catch {
    return undefined;
  }
}
