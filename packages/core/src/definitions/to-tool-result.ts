import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";
import { toJsonValue } from "../json/json-value.ts";
import type { Awaitable } from "./awaitable.ts";
import { isContent, isContentBlock, isToolResult, type ToolResult } from "./content.ts";
import { describeProblems } from "./schema-problems.ts";
import type { CompiledSchema, SchemaCheck } from "./schema.ts";

/** The part of a tool's catalog entry that its result depends on. */
export interface ResultSource {
  readonly name: string;
  readonly output: CompiledSchema | undefined;
}

/**
 * A `tools/call` result (MCP, tools, tool result) out of whatever a handler returned; see `ToolReturn` for what that
 * may be. A promise only when the `output` schema checks asynchronously. Plain objects that look like MCP content count
 * as content only in tools without `output`, because a tool with `output` may return data of that shape.
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
      `${label(tool)} returned content alone, but has an output schema: return an object, or toolResult() ` +
        "with structuredContent",
    );
  }
  return { content: toJsonValue(content, label(tool)) as ContentBlock[] };
}

/** Content that a handler returned as such: a block, or an array with at least one block in it. */
function toContent(returned: unknown, { output }: ResultSource): ContentBlock[] | undefined {
  const isBlock = output === undefined ? isContentBlock : isContent;
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
  const content = toBlocks(result.content, tool);
  const extras = {
    ...(isError !== undefined && { isError }),
    ...(meta !== undefined && { _meta: toObject(meta, "meta", tool) }),
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
    return { content, structuredContent: toObject(structuredContent, "structured content", tool), ...extras };
  }
  const checked = structured(structuredContent, tool.output, tool, () => content);
  return checked instanceof Promise ? checked.then((ready) => ({ ...ready, ...extras })) : { ...checked, ...extras };
}

function toBlocks(content: unknown, tool: ResultSource): ContentBlock[] {
  if (Array.isArray(content) && content.every(isContentBlock)) {
    return toJsonValue(content, label(tool)) as ContentBlock[];
  }
  throw new KitError("INVALID_OUTPUT", `${label(tool)} returned toolResult() with content that is no list of blocks`);
}

function structured(
  returned: unknown,
  output: CompiledSchema,
  tool: ResultSource,
  toContentOf: (value: unknown) => ContentBlock[],
): Awaitable<CallToolResult> {
  const finish = (check: SchemaCheck): CallToolResult => {
    if (!check.ok) {
      const problems = describeProblems(check.problems);
      throw new KitError(
        "INVALID_OUTPUT",
        `${label(tool)} returned what its output schema does not allow: ${problems}`,
      );
    }
    const structuredContent = toObject(check.value, "structured content", tool);
    return { content: toContentOf(structuredContent), structuredContent };
  };
  const checking = output.check(returned);
  return checking instanceof Promise ? checking.then(finish) : finish(checking);
}

function toObject(value: unknown, what: string, tool: ResultSource): Record<string, unknown> {
  const json = toJsonValue(value, label(tool));
  if (isRecord(json)) return json;
  throw new KitError("INVALID_OUTPUT", `${label(tool)} returned ${what} that is no object`);
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
