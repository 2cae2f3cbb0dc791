import type { PromptArgument } from "@modelcontextprotocol/server";
import type { AnyPrompt } from "../definitions/prompt.ts";
import type { AnyResource } from "../definitions/resource.ts";
import type { CompiledSchema, JsonSchema } from "../definitions/schema.ts";
import type { AnyTool } from "../definitions/tool.ts";
import { frozenJson } from "../json/frozen-json.ts";
import { isRecord } from "../json/is-record.ts";

/** An item of a list result: frozen, JSON alone, absent members left out. */
export type ListedItem = Readonly<Record<string, unknown>>;

/** A tool in `tools/list` (MCP, tools, data types). */
export function listTool(definition: AnyTool, input: CompiledSchema, output: CompiledSchema | undefined): ListedItem {
  const { name, title, description, annotations, icons, meta } = definition;
  return frozenJson({
    name,
    title,
    description,
    inputSchema: input.json,
    outputSchema: output?.json,
    annotations,
    icons,
    _meta: meta,
  });
}

/** A prompt in `prompts/list` (MCP, prompts, data types); its arguments come out of the schema. */
export function listPrompt(definition: AnyPrompt, args: CompiledSchema | undefined): ListedItem {
  const { name, title, description, icons, meta } = definition;
  return frozenJson({ name, title, description, arguments: args && promptArguments(args.json), icons, _meta: meta });
}

/** A fixed resource in `resources/list` (MCP, resources, data types). */
export function listResource(definition: AnyResource): ListedItem {
  return frozenJson({ uri: definition.uri, ...described(definition) });
}

/** A template in `resources/templates/list` (MCP, resources, data types). */
export function listResourceTemplate(definition: AnyResource): ListedItem {
  return frozenJson({ uriTemplate: definition.uri, ...described(definition) });
}

function described(definition: AnyResource): ListedItem {
  const { uri, name = uri, title, description, mimeType, annotations, icons, meta } = definition;
  return { name, title, description, mimeType, annotations, icons, _meta: meta };
}

function promptArguments({ properties, required }: JsonSchema): readonly PromptArgument[] {
  const isRequired = new Set(Array.isArray(required) ? (required as readonly unknown[]) : []);
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, property]) => {
    const { title, description } = isRecord(property) ? property : {};
    return {
      name,
      ...(typeof title === "string" && { title }),
      ...(typeof description === "string" && { description }),
      required: isRequired.has(name),
    };
  });
}
