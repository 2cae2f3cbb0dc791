import type { GetPromptResult, PromptMessage } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";
import { toJsonValue } from "../json/json-value.ts";
import { isContentBlock } from "./content.ts";

/** The part of a prompt's definition that its result depends on. */
export interface PromptSource {
  readonly name: string;
  readonly description?: string;
}

/**
 * A `prompts/get` result (MCP, prompts, getting a prompt) out of whatever `render` returned; see `PromptReturn` for
 * what that may be.
 *
 * @throws KitError `INVALID_OUTPUT` when it is nothing of that kind, or JSON cannot carry it
 */
export function toPromptResult(returned: unknown, { name, description }: PromptSource): GetPromptResult {
  if (typeof returned === "string") {
    return described([{ role: "user", content: { type: "text", text: returned } }], description);
  }
  const source = `Prompt ${JSON.stringify(name)}`;
  const answer = isRecord(returned) ? returned : { messages: returned };
  const { messages, description: own = description } = toJsonValue(answer, source) as Record<string, unknown>;
  if (Array.isArray(messages) && messages.every(isMessage) && (own === undefined || typeof own === "string")) {
    return described(messages, own);
  }
  throw new KitError(
    "INVALID_OUTPUT",
    `${source} returned no messages: return text, a list of { role, content }, or { description, messages }`,
  );
}

function described(messages: PromptMessage[], description: string | undefined): GetPromptResult {
  return { ...(description !== undefined && { description }), messages };
}

function isMessage(value: unknown): value is PromptMessage {
  return (
    isRecord(value) && (value["role"] === "user" || value["role"] === "assistant") && isContentBlock(value["content"])
  );
}
