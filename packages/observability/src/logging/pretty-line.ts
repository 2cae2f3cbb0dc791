import { createRequire } from "node:module";
import { KitError } from "@plinth/core";
import type { prettyFactory } from "pino-pretty";
import { visible } from "./printable.ts";

/** Makes one JSON line legible. */
export type PrettyLine = (line: string) => string;

/** Levels of objects whose texts are looked at; a line has none below. */
const maxDepth = 20;

/**
 * Makes the formatter for a terminal, on `pino-pretty`, which is loaded for it.
 * @returns undefined when the package is not installed
 */
export function prettyLine(): PrettyLine | undefined {
  const load = createRequire(import.meta.url);
  let factory: typeof prettyFactory;
  try {
    ({ prettyFactory: factory } = load("pino-pretty") as { prettyFactory: typeof prettyFactory });
  } catch {
    return undefined;
  }
  const pretty = factory({ colorize: true, messageKey: "message", translateTime: "SYS:HH:MM:ss.l" });
  return (line) => {
    const fields = inert(JSON.parse(line), maxDepth) as Record<string, unknown>;
    return pretty(fields);
  };
}

/** @throws KitError `MISUSE` saying what to install */
export function assertPretty(pretty: PrettyLine | undefined): asserts pretty is PrettyLine {
  if (pretty !== undefined) return;
  throw new KitError(
    "MISUSE",
    'pretty is true, and pino-pretty is not installed; run "npm install pino-pretty", or leave pretty out',
  );
}

/** The same fields with nothing in their texts that a terminal acts upon. The lines of a stack stay lines. */
function inert(value: unknown, depth: number, name = ""): unknown {
  if (typeof value === "string") return visible(value, { keepLines: name === "stack" });
  if (typeof value !== "object" || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => inert(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [visible(key), inert(member, depth - 1, key)]),
  );
}
