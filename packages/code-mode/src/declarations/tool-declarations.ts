import type { ListedTool } from "../listed-tool.ts";
import { propertyName } from "./literal-type.ts";
import { indented } from "./object-text.ts";
import { plainLine } from "./plain-line.ts";
import { isObject, listOf } from "./schema-object.ts";
import { emptyObject, SchemaType } from "./schema-type.ts";
import { TypeNames } from "./type-names.ts";

/** Characters that the types of one tool may take, its input and its output each; fewer when there are many tools. */
const maxSchemaCharacters = 6000;
const maxSharedCharacters = 60_000;

/** Characters of a tool's description. */
const maxDescription = 1000;

/**
 * Tools as the TypeScript that a program sees: an object `tools` with a method for each, called by its name, or as
 * `tools["a/b"]` where that is no identifier.
 *
 * @param tools Their schemas and descriptions may be anything; the text always parses, and nothing in it is hidden.
 */
export function toolDeclarations(tools: readonly ListedTool[]): string {
  const names = new TypeNames();
  const types: string[] = [];
  const maxCharacters = Math.min(maxSchemaCharacters, Math.ceil(maxSharedCharacters / tools.length));
  const methods = tools.map((tool) => {
    const input = new SchemaType(tool.inputSchema, { names, prefix: tool.name, maxCharacters });
    const output = new SchemaType(tool.outputSchema, { names, prefix: tool.name, maxCharacters });
    const parameter = input.write();
    const result = output.write();
    types.push(...input.declarations(), ...output.declarations());
    const comment = describe(tool, input.cut || output.cut);
    const method = `${propertyName(tool.name)}(${parameter === emptyObject ? "" : `args${optional(tool)}: ${parameter}`})`;
    return `${comment}${method}: Promise<${result}>;`;
  });
  const body = methods.length === 0 ? "" : `\n${indented(methods.join("\n"))}\n`;
  return [...types, `declare const tools: {${body}};`].join("\n");
}

function describe({ title, description }: ListedTool, cut: boolean): string {
  const words = plainLine(description ?? title ?? "", maxDescription);
  const line = `${words}${cut ? " (Some types are too long to be told here.)" : ""}`.trim();
  return line === "" ? "" : `/** ${line} */\n`;
}

/** Arguments can be left out where none is required. */
function optional({ inputSchema }: ListedTool): string {
  const { required, anyOf, oneOf, allOf, $ref } = isObject(inputSchema) ? inputSchema : {};
  const isSimple = [anyOf, oneOf, allOf, $ref].every((keyword) => keyword === undefined);
  return isSimple && listOf(required).length === 0 ? "?" : "";
}
