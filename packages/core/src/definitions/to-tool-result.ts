import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import { isContent, isToolResult, type ToolResult } from "./content.ts";
import { toJsonValue } from "./json-value.ts";
import { describeProblems } from "./schema-problems.ts";
import type { CompiledSchema, SchemaCheck } from "./schema.ts";
import type { Awaitable } from "./tool.ts";

/** The part of a tool's catalog entry that its result depends on. */
export interface ResultSource {
  readonly name: string;
  readonly output: CompiledSchema | undefined;
}

/**
 * A `tools/call` result (MCP, tools, tool result) out of whatever a handler returned; see `ToolReturn` for what that may be.
 * A promise only when the `output` schema checks asynchronously. Plain objects that look like MCP content count as content
 * only in tools without `output`, because a tool with `output` may return data of that shape.
 *
 * @throws the error itself when the handler returned one, as `fail(...)` does
 * @throws KitError `INVALID_OUTPUT` when the value does not fit `output`, or JSON cannot carry it
 */
export function toToolResult(returned: unknown, tool: ResultSource): Awaitable<CallToolResult> {
  if (returned instanceof Error || KitError.isInstance(returned)) throw returned;
  if (isToolResult(returned)) return fromToolResult(returned, tool);
  const content = toContent(returned, tool);
  if (content === undefined) return fromValue(returned, tool);
  if (tool.output !== undefined) {
    throw new KitError(
      "INVALID_OUTPUT",
      `${label(tool)} returned content alone, but has an output schema: return an object, or toolResult() with structuredContent`,
    );
  }
  return { content };
}

/** Content that a handler returned as such: a block, or an array with at least one block in it. */
function toContent(returned: unknown, { output }: ResultSource): ContentBlock[] | undefined {
  const isBlock = output === undefined ? isContentShape : isContent;
  if (isBlock(returned)) return [returned];
  if (!Array.isArray(returned) || !returned.some(isBlock)) return undefined;
  const blocks = returned.map((item: unknown) => (typeof item === "string" ? textBlock(item) : item));
  return blocks.every(isBlock) ? blocks : undefined;
}

function fromValue(returned: unknown, tool: ResultSource): Awaitable<CallToolResult> {
  if (tool.output !== undefined) return structured(returned, tool.output, tool, (value) => [jsonBlock(value)]);
  if (returned === undefined || returned === null) return { content: [] };
  if (typeof returned === "string" || typeof returned === "boolean" || typeof returned === "number") {
    return { content: [textBlock(String(returned))] };
  }
  const value = toJsonValue(returned, label(tool));
  if (!isRecord(value)) return { content: [jsonBlock(value)] };
  return { content: [jsonBlock(value)], structuredContent: value };
}

function fromToolResult(result: ToolResult, tool: ResultSource): Awaitable<CallToolResult> {
  const { structuredContent, isError, meta } = result;
  const content = [...result.content];
  const extras = {
    ...(isError !== undefined && { isError }),
    ...(meta !== undefined && { _meta: { ...meta } }),
  };
  if (structuredContent === undefined) {
    if (tool.output !== undefined && isError !== true) {
      throw new KitError(
        "INVALID_OUTPUT",
        `${label(tool)} returned toolResult() without structuredContent, but has an output schema`,
      );
    }
    return { content, ...extras };
  }
  // A failed call need not fit the output schema (MCP, tools, structured content).
  if (tool.output === undefined || isError === true) {
    return { content, structuredContent: toStructured(structuredContent, tool), ...extras };
  }
  const checked = structured(structuredContent, tool.output, tool, () => content);
  return checked instanceof Promise ? checked.then((ready) => ({ ...ready, ...extras })) : { ...checked, ...extras };
}

function structured(
  returned: unknown,
  output: CompiledSchema,
  tool: ResultSource,
  toBlocks: (value: unknown) => ContentBlock[],
): Awaitable<CallToolResult> {
  const finish = (check: SchemaCheck): CallToolResult => {
    if (!check.ok) {
      const problems = describeProblems(check.problems);
      throw new KitError(
        "INVALID_OUTPUT",
        `${label(tool)} returned what its output schema does not allow: ${problems}`,
      );
    }
    const structuredContent = toStructured(check.value, tool);
    return { content: toBlocks(structuredContent), structuredContent };
  };
  const checking = output.check(returned);
  return checking instanceof Promise ? checking.then(finish) : finish(checking);
}

function toStructured(value: unknown, tool: ResultSource): Record<string, unknown> {
  const json = toJsonValue(value, label(tool));
  if (isRecord(json)) return json;
  throw new KitError("INVALID_OUTPUT", `${label(tool)} returned structured content that is no object`);
}

/** Whether a value is content by its brand or, for content written by hand, by its shape (MCP, content blocks). */
function isContentShape(value: unknown): value is ContentBlock {
  if (isContent(value)) return true;
  if (!isRecord(value)) return false;
  switch (value["type"]) {
    case "text":
      return typeof value["text"] === "string";
    case "image":
    case "audio":
      return typeof value["data"] === "string" && typeof value["mimeType"] === "string";
    case "resource_link":
      return typeof value["uri"] === "string" && typeof value["name"] === "string";
    case "resource": {
      const { resource } = value;
      return (
        isRecord(resource) &&
        typeof resource["uri"] === "string" &&
        (typeof resource["text"] === "string" || typeof resource["blob"] === "string")
      );
    }
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textBlock(text: string): ContentBlock {
  return { type: "text", text };
}

function jsonBlock(value: unknown): ContentBlock {
  return textBlock(JSON.stringify(value));
}

function label({ name }: ResultSource): string {
  return `Tool ${JSON.stringify(name)}`;
}
