import type { Prompt, PromptArgument, Resource, ResourceTemplateType, Tool } from "@modelcontextprotocol/server";
import type { AnyPrompt } from "../definitions/prompt.ts";
import type { AnyResource } from "../definitions/resource.ts";
import type { CompiledSchema, JsonSchema } from "../definitions/schema.ts";
import type { AnyTool } from "../definitions/tool.ts";
import { frozenJson } from "../json/frozen-json.ts";

/** An item of a list result: frozen, JSON alone, absent members left out. */
export type Listed<Item> = Readonly<Item> & Readonly<Record<string, unknown>>;

/** A tool in `tools/list` (MCP, tools, data types). */
export function listTool(definition: AnyTool, input: CompiledSchema, output: CompiledSchema | undefined): Listed<Tool> {
  const { name, title, description, annotations, icons, meta } = definition;
  return frozenJson({
    name,
    title,
    description,
    inputSchema: input.json as Tool["inputSchema"],
    outputSchema: output?.json,
    annotations,
    icons,
    _meta: meta,
  } as unknown as Listed<Tool>);
}

/** A prompt in `prompts/list` (MCP, prompts, data types); its arguments come out of the schema. */
export function listPrompt(definition: AnyPrompt, args: CompiledSchema | undefined): Listed<Prompt> {
  const { name, title, description, icons, meta } = definition;
  const listed = { name, title, description, arguments: args && promptArguments(args.json), icons, _meta: meta };
  return frozenJson(listed as unknown as Listed<Prompt>);
}

/** A fixed resource in `resources/list` (MCP, resources, data types). */
export function listResource(definition: AnyResource): Listed<Resource> {
  return frozenJson({ uri: definition.uri, ...described(definition) } as unknown as Listed<Resource>);
}

/** A template in `resources/templates/list` (MCP, resources, data types). */
export function listResourceTemplate(definition: AnyResource): Listed<ResourceTemplateType> {
  const listed = { uriTemplate: definition.uri, ...described(definition) };
  return frozenJson(listed as unknown as Listed<ResourceTemplateType>);
}

function described(definition: AnyResource): Record<string, unknown> {
  const { uri, name = uri, title, description, mimeType, annotations, icons, meta } = definition;
  return { name, title, description, mimeType, annotations, icons, _meta: meta };
}

function promptArguments({ properties, required }: JsonSchema): readonly PromptArgument[] {
  const isRequired = new Set(Array.isArray(required) ? (required as readonly unknown[]) : []);
  return Object.entries((properties ?? {}) as Readonly<Record<string, unknown>>).map(([name, property]) => {
    const { title, description } = (typeof property === "object" && property !== null ? property : {}) as JsonSchema;
    return {
      name,
      ...(typeof title === "string" && { title }),
      ...(typeof description === "string" && { description }),
      required: isRequired.has(name),
    };
  });
}
