import { createRequire } from "node:module";
import type { JsonSchema } from "./schema.ts";

/** One error as Ajv, the engine inside the SDK's validator, reports it. */
export interface JsonSchemaError {
  /** JSON Pointer to the value. */
  readonly instancePath: string;
  /** JSON Pointer, behind `#`, to the keyword that the value breaks. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** Set when the error is about a property's name. */
  readonly propertyName?: string;
}

/** A compiled schema: what is wrong with a value, empty when nothing is. */
export type JsonSchemaValidate = (value: unknown) => readonly JsonSchemaError[];

/** The part of an Ajv instance that is used here. */
interface Engine {
  readonly opts: { ownProperties?: boolean };
  compile(schema: JsonSchema): { (value: unknown): boolean; errors?: readonly JsonSchemaError[] | null };
}

/** The SDK's validator as it is inside: its public method gives one line of text, without paths or expected values. */
type ValidatorInternals = new () => { _engineFor(schema: JsonSchema): Engine };

let loaded: ValidatorInternals | undefined;

/**
 * Compiles plain JSON Schema (2020-12 unless `$schema` says otherwise) with the Ajv that the SDK bundles. The engine is
 * loaded on first use, because most servers have no plain schema and it costs 20 ms; `require` keeps that synchronous.
 * Each schema gets an engine of its own (0.1 ms more): two tools may use one `$id`, and what is removed is freed.
 *
 * @throws Error in Ajv's words when the schema cannot be compiled
 */
export function compileWithEngine(schema: JsonSchema): JsonSchemaValidate {
  const engine = new (loaded ??= loadValidator())()._engineFor(schema);
  // Else `{}` would have a property `constructor`, inherited.
  engine.opts.ownProperties = true;
  const validate = engine.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

function loadValidator(): ValidatorInternals {
  const require = createRequire(import.meta.url);
  const module = require("@modelcontextprotocol/server/validators/ajv") as { AjvJsonSchemaValidator: unknown };
  return module.AjvJsonSchemaValidator as ValidatorInternals;
}
