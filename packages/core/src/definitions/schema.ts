import type { StandardSchemaV1, StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import type { Awaitable } from "./awaitable.ts";

/** A plain JSON Schema 2020-12 document. Every keyword reaches the client as written. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * What describes inputs and outputs: a Standard Schema that yields JSON Schema (zod 4, ArkType, Valibot) or plain JSON
 * Schema.
 */
export type Schema = StandardSchemaWithJSON | JsonSchema;

/** The value that a schema lets through, after its transforms. Plain JSON Schema carries no type: an open record. */
export type SchemaOutput<S> = S extends StandardSchemaWithJSON
  ? StandardSchemaV1.InferOutput<S>
  : S extends JsonSchema
    ? Record<string, unknown>
    : Record<string, never>;

/** The value that a schema accepts, before its transforms. */
export type SchemaInput<S> = S extends StandardSchemaWithJSON
  ? StandardSchemaV1.InferInput<S>
  : S extends JsonSchema
    ? Record<string, unknown>
    : Record<string, never>;

/** One thing wrong with a value, in words for whoever sent it. */
export interface SchemaProblem {
  /** Where, as `items[2].price`; empty at the root. */
  readonly path: string;
  /** What is wrong there, in words that follow the path: `expected number, got string`, `is required`. */
  readonly expected: string;
}

/** The outcome of a check: the value after transforms, or what is wrong with it. */
export type SchemaCheck =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** A schema made ready once: its JSON form for listings, and its validator. */
export interface CompiledSchema {
  readonly json: JsonSchema;
  /** Synchronous for schemas without asynchronous refinements; a promise otherwise. */
  readonly check: (value: unknown) => Awaitable<SchemaCheck>;
}
