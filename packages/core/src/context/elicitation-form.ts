import { compileSchema } from "../definitions/compile-schema.ts";
import type { CompiledSchema, JsonSchema, Schema } from "../definitions/schema.ts";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";
import { toFormField } from "./form-field.ts";

/** A schema as a client shows it to the user, and the check of what comes back. */
export interface ElicitationForm {
  /** `requestedSchema` on the wire: a flat object of the fields that MCP allows. */
  readonly requestedSchema: JsonSchema;
  /** The whole schema's check, so constraints that the wire cannot carry hold all the same. */
  readonly check: CompiledSchema["check"];
}

/** Schemas usually stand at the top of a module, so each is made into a form once. */
const forms = new WeakMap<object, ElicitationForm>();

/**
 * Makes a form of a schema (MCP, elicitation, requested schema). What a client could not show is refused; constraints
 * that the wire has no word for (`pattern` beside `format`, `multipleOf`, `additionalProperties`) are left out of
 * the form and still checked on the answer. A plain JSON Schema that fits passes as it is.
 *
 * @throws KitError `MISUSE` naming the property that does not fit
 */
export function toElicitationForm(schema: Schema): ElicitationForm {
  let form = forms.get(schema);
  if (form === undefined) {
    const compiled = compileSchema(schema, { use: "input", owner: "elicit()" });
    form = Object.freeze({ requestedSchema: toRequestedSchema(compiled.json), check: compiled.check });
    forms.set(schema, form);
  }
  return form;
}

/** @throws KitError `MISUSE` naming the property that does not fit */
function toRequestedSchema(json: JsonSchema): JsonSchema {
  const isComposed =
    json["properties"] === undefined && ["$ref", "allOf", "anyOf", "oneOf"].some((word) => word in json);
  const properties = json["properties"] ?? {};
  if (json["type"] !== "object" || isComposed || !isRecord(properties)) {
    throw new KitError(
      "MISUSE",
      "The schema of elicit() is not one object with properties; write the form as a single object",
    );
  }
  const required = Array.isArray(json["required"]) ? json["required"] : [];
  for (const name of required) {
    if (typeof name !== "string" || !Object.hasOwn(properties, name)) {
      throw new KitError("MISUSE", `The form requires ${JSON.stringify(name)}, but has no such property`);
    }
  }
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, toFormField(name, field)])),
    ...(required.length > 0 && { required }),
  };
}
