import type { CreateMessageResult, Root } from "@modelcontextprotocol/server";
import type { Awaitable } from "../definitions/awaitable.ts";
import { describeProblems } from "../definitions/schema-problems.ts";
import type { Schema, SchemaCheck } from "../definitions/schema.ts";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";
import { toPlainData } from "../json/plain-data.ts";
import type { QuestionMethod } from "../protocol/incoming.ts";
import type { Elicited, ElicitFormOptions, ElicitUrlOptions, SampleOptions } from "./client-input.ts";
import { toElicitationForm } from "./elicitation-form.ts";

/** What an answer says once it is read, or why it is no answer. */
export type Reading<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly problem: string };

/** One question to the client, ready for the wire of either era. */
export interface Question<Answer> {
  /** Names the question when the author did not, together with its position. */
  readonly kind: "elicit" | "sample" | "roots";
  readonly method: QuestionMethod;
  readonly params: Record<string, unknown>;
  /** What the client must have declared. */
  readonly capability: RequiredCapability;
  /** Reads what the client sent, which may be anything. */
  readonly read: (sent: unknown) => Awaitable<Reading<Answer>>;
}

/** A client capability, with the part of it that is needed. */
export interface RequiredCapability {
  readonly name: "elicitation" | "sampling" | "roots";
  readonly part?: "form" | "url" | "tools";
}

/** A form for the user. @throws KitError `MISUSE` when the schema does not fit a form */
export function formQuestion({ message, schema }: ElicitFormOptions<Schema>): Question<Elicited<unknown>> {
  const form = toElicitationForm(schema);
  return {
    kind: "elicit",
    method: "elicitation/create",
    // No `mode`: it means "form", and revisions before 2025-11-25 do not know the word.
    params: { message, requestedSchema: form.requestedSchema },
    capability: { name: "elicitation", part: "form" },
    read(sent) {
      const action = readAction(sent);
      if (!action.ok || action.answer.action !== "accept") return action;
      const checked = form.check((sent as Record<string, unknown>)["content"] ?? {});
      return checked instanceof Promise ? checked.then(toReading) : toReading(checked);
    },
  };
}

/** A page for the user to visit. @throws KitError `MISUSE` when `url` is not one */
export function urlQuestion({ message, url }: ElicitUrlOptions): Question<Elicited<undefined>> {
  if (!URL.canParse(url)) {
    throw new KitError("MISUSE", `elicit() was given the url ${JSON.stringify(url)}; give an absolute URL`);
  }
  return {
    kind: "elicit",
    method: "elicitation/create",
    params: { mode: "url", message, url },
    capability: { name: "elicitation", part: "url" },
    read: readAction,
  };
}

/** A completion by the client's model. @throws KitError `MISUSE` when the options hold what JSON cannot carry */
export function sampleQuestion({ key: _key, ...options }: SampleOptions): Question<CreateMessageResult> {
  const params = toPlainData<Record<string, unknown>>(options, "sample()");
  return {
    kind: "sample",
    method: "sampling/createMessage",
    params,
    capability: { name: "sampling", ...(("tools" in params || "toolChoice" in params) && { part: "tools" as const }) },
    read(sent) {
      const answer = toMessage(sent);
      if (answer !== undefined) return { ok: true, answer };
      return { ok: false, problem: "a message with role, model and one block of content was expected" };
    },
  };
}

/** The client's root folders. */
export function rootsQuestion(): Question<readonly Root[]> {
  return {
    kind: "roots",
    method: "roots/list",
    params: {},
    capability: { name: "roots" },
    read(sent) {
      const roots = isRecord(sent) ? sent["roots"] : undefined;
      if (Array.isArray(roots) && roots.every(isRoot)) return { ok: true, answer: roots };
      return { ok: false, problem: "a list of roots, each with a file:// URI, was expected" };
    },
  };
}

function readAction(sent: unknown): Reading<Elicited<undefined>> {
  const action = isRecord(sent) ? sent["action"] : undefined;
  if (action === "accept") return { ok: true, answer: { action, content: undefined } };
  if (action === "decline" || action === "cancel") return { ok: true, answer: { action } };
  return { ok: false, problem: "an action (accept, decline or cancel) was expected" };
}

function toReading(checked: SchemaCheck): Reading<Elicited<unknown>> {
  if (checked.ok) return { ok: true, answer: { action: "accept", content: checked.value } };
  return { ok: false, problem: describeProblems(checked.problems) };
}

/** The 2026-07-28 wire allows a list of blocks; a list of one is what its block is. */
function toMessage(sent: unknown): CreateMessageResult | undefined {
  if (!isRecord(sent) || typeof sent["model"] !== "string") return undefined;
  if (sent["role"] !== "assistant" && sent["role"] !== "user") return undefined;
  const blocks: unknown = sent["content"];
  const content: unknown = Array.isArray(blocks) && blocks.length === 1 ? blocks[0] : blocks;
  return isBlock(content) ? ({ ...sent, content } as CreateMessageResult) : undefined;
}

function isBlock(block: unknown): boolean {
  if (!isRecord(block)) return false;
  if (block["type"] === "text") return typeof block["text"] === "string";
  const isMedia = block["type"] === "image" || block["type"] === "audio";
  return isMedia && typeof block["data"] === "string" && typeof block["mimeType"] === "string";
}

function isRoot(root: unknown): root is Root {
  if (!isRecord(root) || typeof root["uri"] !== "string" || !root["uri"].startsWith("file://")) return false;
  return root["name"] === undefined || typeof root["name"] === "string";
}
