import { assertOneOf, assertWholeNumber, KitError, type Call, type Middleware, type Result } from "@plinth/core";
import { cutText, jsonBytes, surelyFits } from "./response-size.ts";

/** Options for {@link responseLimit}. */
export interface ResponseLimitOptions {
  /** Bytes of a result's JSON at most. @default 1 MiB */
  readonly maxBytes?: number;
  /**
   * Tokens of a result at most, estimated: four bytes of JSON count as one. English text has more bytes to a token, code
   * and CJK text about that many. @default no limit
   */
  readonly maxTokens?: number;
  /**
   * What becomes of a larger one: its text is cut, with a note at the end, or it is refused. What cannot be cut, such as
   * structured content that has to fit a schema, is refused either way.
   * @default "truncate"
   */
  readonly onExcess?: "truncate" | "refuse";
  /** How to get the rest, for the model, at the end of the note. @default to ask for less, or for the next part */
  readonly hint?: string;
}

/** A block of a tool's or a prompt's content, or a part of a resource. */
type Part = Readonly<Record<string, unknown>>;

const defaultHint = "Ask for less with narrower arguments, or for the next part if the tool has pages.";

/** Bytes that are kept for the note about what was left out, besides the hint. */
const noteBytes = 200;

/**
 * Bounds what `tools/call`, `resources/read` and `prompts/get` answer, so that one result cannot fill the client's context.
 * Text is cut between characters, and what is left out is said in the text and in `_meta["dev.plinth/truncated"]`. Tells
 * `response-limit: truncated` with the bytes there were, and `refused`.
 *
 * @throws KitError `TOO_LARGE` when it cannot or may not be cut; `MISUSE` when made with what cannot be
 */
export function responseLimit({
  maxBytes = 1024 * 1024,
  maxTokens = Number.MAX_SAFE_INTEGER,
  onExcess = "truncate",
  hint = defaultHint,
}: ResponseLimitOptions = {}): Middleware {
  assertWholeNumber("maxBytes", maxBytes, { least: 1_024 });
  assertWholeNumber("maxTokens", maxTokens, { least: 256 });
  assertOneOf("onExcess", onExcess, ["truncate", "refuse"]);
  const limit = Math.min(maxBytes, maxTokens * 4);
  const reserved = noteBytes + jsonBytes(hint);
  if (reserved > limit / 2) {
    throw new KitError("MISUSE", `hint has ${jsonBytes(hint)} bytes; shorten it to fit the limit`);
  }

  const check = (call: Call, result: Result): Result => {
    if (surelyFits(result, limit)) return result;
    const bytes = jsonBytes(result);
    if (bytes <= limit || (result["resultType"] !== undefined && result["resultType"] !== "complete")) return result;
    const shorter = onExcess === "truncate" ? shorten(call, result, { bytes, limit, reserved, hint }) : undefined;
    call.emit({ part: "response-limit", action: shorter === undefined ? "refused" : "truncated", value: bytes });
    if (shorter !== undefined) return shorter;
    throw new KitError("TOO_LARGE", `The result has ${bytes} bytes, and ${limit} are allowed. ${hint}`);
  };

  return function responseLimit(call, next) {
    if (!partsOf.has(call.method)) return next();
    return next().then((result) => check(call, result));
  };
}

/** Where the parts of a result stand that are as many as its author likes. */
const partsOf: ReadonlyMap<string, string> = new Map([
  ["tools/call", "content"],
  ["resources/read", "contents"],
  ["prompts/get", "messages"],
]);

interface Excess {
  readonly bytes: number;
  readonly limit: number;
  readonly reserved: number;
  readonly hint: string;
  /** Bytes around the block at an index, besides its own. @default none */
  readonly around?: (at: number) => number;
}

/** The result with less text; `undefined` when that is not enough, or would break a promise. */
function shorten({ method, target }: Call, result: Result, excess: Excess): Result | undefined {
  const name = partsOf.get(method) ?? "";
  const { [name]: parts, structuredContent, _meta, ...rest } = result;
  if (!Array.isArray(parts)) return undefined;
  const hasSchema = target?.kind === "tool" && target.output !== undefined && result["isError"] !== true;
  // Without a schema nobody is promised structured content, and it says what the text says.
  const structured = structuredContent !== undefined && hasSchema ? { structuredContent } : {};
  const truncated = { bytes: excess.bytes, limit: excess.limit };
  const frame = {
    ...rest,
    ...structured,
    [name]: [],
    _meta: { ...(_meta as object | undefined), "dev.plinth/truncated": truncated },
  };
  const budget = excess.limit - jsonBytes(frame) - excess.reserved;
  if (budget < 0) return undefined;
  const cut = { content: cutContent, contents: cutContents, messages: cutMessages }[name];
  const kept = cut?.(parts as Part[], budget, excess);
  return kept && { ...frame, [name]: kept };
}

/** Blocks while there is room, and a note in place of the rest. */
function cutContent(blocks: readonly Part[], budget: number, { hint, around = () => 0 }: Excess): Part[] {
  const kept: Part[] = [];
  let left = budget;
  for (const [at, block] of blocks.entries()) {
    const frame = around(at) + 1;
    const size = jsonBytes(block) + frame;
    if (size <= left) {
      kept.push(block);
      left -= size;
      continue;
    }
    const others = blocks.length - at - 1;
    const more = others > 0 ? ` and ${others} more part${others === 1 ? "" : "s"}` : "";
    if (block["type"] === "text" && typeof block["text"] === "string") {
      const { text } = block;
      const shown = cutText(text, left - (jsonBytes({ ...block, text: "" }) + frame));
      const note = `[Truncated: ${text.length - shown.length} of ${text.length} characters${more} left out. ${hint}]`;
      kept.push({ ...block, text: shown === "" ? note : `${shown}\n${note}` });
    } else {
      kept.push({ type: "text", text: `[Truncated: a part of ${size} bytes${more} left out. ${hint}]` });
    }
    break;
  }
  return kept;
}

/** Messages of a prompt, each around one block. */
function cutMessages(messages: readonly Part[], budget: number, excess: Excess): Part[] {
  const blocks = messages.map(({ content }) => content as Part);
  const around = (at: number): number => jsonBytes({ ...messages[at], content: 0 });
  return cutContent(blocks, budget, { ...excess, around }).map((content, at) => ({ ...messages[at], content }));
}

/** Parts of a resource: the text of the first that is too large is cut. Bytes cannot be: half of an image is none. */
function cutContents(parts: readonly Part[], budget: number, { hint }: Excess): Part[] | undefined {
  const kept: Part[] = [];
  let left = budget;
  for (const part of parts) {
    const size = jsonBytes(part) + 1;
    if (size <= left) {
      kept.push(part);
      left -= size;
      continue;
    }
    const { text } = part;
    const room = left - (jsonBytes({ ...part, text: "" }) + 1);
    if (typeof text !== "string" || room < 0) return kept.length > 0 && typeof text === "string" ? kept : undefined;
    const shown = cutText(text, room);
    const others = parts.length - kept.length - 1;
    const more = others > 0 ? ` and ${others} more part${others === 1 ? "" : "s"}` : "";
    const note = `[Truncated: ${text.length - shown.length} of ${text.length} characters${more} left out. ${hint}]`;
    kept.push({ ...part, text: `${shown}\n${note}` });
    return kept;
  }
  return kept;
}
