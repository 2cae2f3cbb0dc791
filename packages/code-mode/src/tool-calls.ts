import { GuestError, type JsonValue } from "@plinth/code-executor";
import type { Context, Result } from "@plinth/core";

/** The calls that one program makes. */
export class ToolCalls {
  readonly #context: Context;
  readonly #most: number;
  #made = 0;

  constructor(context: Context, most: number) {
    this.#context = context;
    this.#most = most;
  }

  /** How many there were. */
  get made(): number {
    return this.#made;
  }

  /**
   * Calls a tool as the caller of the program would, through the whole pipeline.
   *
   * @returns Its structured content, or its text
   * @throws GuestError when there were enough calls, or the tool failed
   * @throws KitError when the pipeline refused the call
   */
  async call(name: string, args: JsonValue | undefined, signal: AbortSignal): Promise<unknown> {
    if (this.#made >= this.#most) {
      throw new GuestError(`This program has made ${this.#most} tool calls, and may make no more.`);
    }
    this.#made += 1;
    this.#context.progress(this.#made, undefined, name);
    const params = { name, arguments: toArguments(name, args) };
    return unwrap(name, await this.#context.invoke("tools/call", params, { signal }));
  }
}

function toArguments(name: string, args: JsonValue | undefined): Readonly<Record<string, unknown>> {
  if (args === undefined || args === null) return {};
  if (typeof args === "object" && !Array.isArray(args)) return args;
  throw new GuestError(`tools[${JSON.stringify(name)}] takes its arguments as one object, such as { key: "value" }`);
}

function unwrap(name: string, { content, structuredContent, isError }: Result): unknown {
  const text = (Array.isArray(content) ? content : []).map(blockText).join("\n");
  if (isError === true) throw new GuestError(`${name}: ${text === "" ? "the call failed" : text}`);
  return structuredContent ?? text;
}

/** A content block for a program (MCP, tools, content types): what is no text, it can only be told of. */
function blockText(block: unknown): string {
  const { type, text, mimeType, uri, resource } = membersOf(block);
  if (type === "text" && typeof text === "string") return text;
  if (type === "resource_link") return String(uri);
  if (type === "resource") {
    const { text: inside, uri: source } = membersOf(resource);
    return typeof inside === "string" ? inside : `[${String(source)}]`;
  }
  return `[${String(type)}, ${String(mimeType)}: programs get text only]`;
}

/** Members of what should be an object; a mounted server may send anything. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
