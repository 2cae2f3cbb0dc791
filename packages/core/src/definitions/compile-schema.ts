import { KitError } from "../errors/kit-error.ts";
import { toError } from "../errors/to-error.ts";
import { frozenJson } from "../json/frozen-json.ts";
import { namesInherited, withoutInheritance } from "./inherited-names.ts";
import { jsonSchemaCheck } from "./json-schema-check.ts";
import { withObjectRoot } from "./object-root.ts";
import type { CompiledSchema, JsonSchema, Schema } from "./schema.ts";
import { isStandardSchema, standardCheck } from "./standard-schema.ts";

/** What a schema describes, as it is called in messages. */
export type SchemaUse = "input" | "output" | "arguments" | "params";

/** Options for {@link compileSchema}. */
export interface CompileSchemaOptions {
  /** `output` lists the schema of what comes out of its transforms, all others of what goes in. */
  readonly use: SchemaUse;
  /** Whose schema it is, for messages: `tool "search"`. */
  readonly owner: string;
}

/**
 * Makes a schema ready: its JSON form for listings (frozen, `type: "object"` at the root) and its validator. Every
 * keyword of plain JSON Schema stays as written.
 *
 * @throws KitError `MISUSE` with a sentence for the author when the schema does not describe an object, has no JSON
 * form, or cannot be compiled
 */
export function compileSchema(schema: Schema, { use, owner }: CompileSchemaOptions): CompiledSchema {
  const name = `The ${use} schema of ${owner}`;
  const source = toJsonSchema(schema, use, name);
  const json = withObjectRoot(source);
  if (json === undefined) {
    const found = source["type"] === undefined ? "it does not say so" : `its type is ${JSON.stringify(source["type"])}`;
    throw new KitError("MISUSE", `${name} must describe an object: ${found}. ${rootRemedy(schema)}`);
  }
  return { json: frozenJson(json), check: compileCheck(schema, json, { use, name }) };
}

function toJsonSchema(schema: Schema, use: SchemaUse, name: string): JsonSchema {
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) {
    throw new KitError("MISUSE", `${name} must be a schema, not ${JSON.stringify(schema) ?? typeof schema}`);
  }
  if (!isStandardSchema(schema)) return plainJsonSchema(schema, name);
  const converter = schema["~standard"].jsonSchema as (typeof schema)["~standard"]["jsonSchema"] | undefined;
  if (converter === undefined) {
    throw new KitError(
      "MISUSE",
      `${name} cannot be turned into JSON Schema: its library (${schema["~standard"].vendor}) has no support ` +
        "for that. Use zod 4.2 or later, ArkType, Valibot with toStandardJsonSchema() of @valibot/to-json-schema, or " +
        "plain JSON Schema.",
    );
  }
  try {
    return converter[use === "output" ? "output" : "input"]({ target: "draft-2020-12" });
  } catch (cause) {
    throw new KitError(
      "MISUSE",
      `${name} cannot be turned into JSON Schema: ${reason(cause)}. Use only what JSON can carry, for example ` +
        `a date as a string${use === "output" ? "; transforms in an output are done in the handler" : ""}.`,
      { cause },
    );
  }
}

function plainJsonSchema(schema: JsonSchema, name: string): JsonSchema {
  const shape = Object.keys(schema).find((key) => {
    const member = schema[key];
    return (typeof member === "object" || typeof member === "function") && member !== null && "~standard" in member;
  });
  if (shape !== undefined) {
    throw new KitError(
      "MISUSE",
      `${name} has a schema in its member ${JSON.stringify(shape)} but is none itself. ` +
        "Wrap the members: z.object({ ... }).",
    );
  }
  try {
    return frozenJson(schema);
  } catch (cause) {
    throw new KitError("MISUSE", `${name} is not JSON: ${reason(cause)}. Write it as a JSON document.`, { cause });
  }
}

function compileCheck(
  schema: Schema,
  json: JsonSchema,
  { use, name }: { readonly use: SchemaUse; readonly name: string },
): CompiledSchema["check"] {
  if (isStandardSchema(schema)) {
    const check = standardCheck(schema);
    // What goes in is JSON and can be copied; what a handler returns may be anything.
    return use !== "output" && namesInherited(json) ? (value) => check(withoutInheritance(value)) : check;
  }
  try {
    return jsonSchemaCheck(json);
  } catch (cause) {
    throw new KitError(
      "MISUSE",
      `${name} is not valid JSON Schema: ${reason(cause)}. References must stay inside the schema ($defs), ` +
        "and patterns must be regular expressions.",
      { cause },
    );
  }
}

function rootRemedy(schema: Schema): string {
  return isStandardSchema(schema)
    ? "Wrap it, for example z.object({ value: ... })."
    : 'Add "type": "object" at its root and put the values in "properties".';
}

function reason(cause: unknown): string {
  const [firstLine = ""] = toError(cause).message.split("\n", 1);
  return firstLine.replace(/\.$/, "");
}
