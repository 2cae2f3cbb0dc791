import type { Icon, ToolAnnotations } from "@modelcontextprotocol/server";
import type { Context } from "../context/context.ts";
import type { KitError } from "../errors/kit-error.ts";
import type { Awaitable } from "./awaitable.ts";
import type { Content, ToolResult } from "./content.ts";
import { recordOrigin } from "./origin.ts";
import type { Schema, SchemaInput, SchemaOutput } from "./schema.ts";

/**
 * What a tool's handler may return: text, an object (checked against `output`, sent as structured content with a text
 * twin), content, `toolResult(...)` for full control, `fail(...)`, or nothing.
 */
export type ToolReturn<Output extends Schema | undefined> =
  | (Output extends Schema ? SchemaInput<Output> : string | number | boolean | object | null | undefined | void)
  | Content
  | readonly Content[]
  | ToolResult
  | KitError;

/** Options for {@link defineTool}. */
export interface ToolOptions<
  Input extends Schema | undefined = undefined,
  Output extends Schema | undefined = undefined,
  Services = unknown,
> {
  /** 1 to 64 characters of `A-Z a-z 0-9 _ - . /` (MCP, tools, names). */
  readonly name: string;
  /** For people; the name stays the identifier. */
  readonly title?: string;
  /** For the model: what the tool does, when to use it, what it returns. */
  readonly description?: string;
  /** The arguments, an object. @default no arguments */
  readonly input?: Input;
  /** The structured result, an object. */
  readonly output?: Output;
  readonly annotations?: ToolAnnotations;
  readonly icons?: readonly Icon[];
  /** For narrowing middleware and visibility; not sent to clients. */
  readonly tags?: readonly string[];
  /** OAuth scopes that a caller needs; enforced by authorization middleware, not sent to clients. */
  readonly scopes?: readonly string[];
  /** Services without which it cannot work, by name; enforced by the service guard middleware. */
  readonly requires?: readonly string[];
  /** Milliseconds a call may run; enforced by the timeout middleware. */
  readonly timeoutMs?: number;
  /** Sent as `_meta` in listings. */
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly handler: (input: SchemaOutput<Input>, context: Context<Services>) => Awaitable<ToolReturn<Output>>;
}

/**
 * A tool as {@link defineTool} makes it. Its handler's types are erased: the catalog checks values against the schemas.
 */
export interface ToolDefinition<Services = unknown> extends Omit<
  ToolOptions<undefined, undefined, Services>,
  "input" | "output" | "handler"
> {
  readonly kind: "tool";
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
  // `any`: the input's type lives in the schema, and the catalog hands over only what the schema let through.
  readonly handler: (input: any, context: Context<Services>) => unknown;
}

/** A tool whatever services it wants. `any`: whether the server has them was checked where it was made. */
export type AnyTool = ToolDefinition<any>;

/** Carries a tool's types for typed test clients; there is nothing at run time. */
export interface ToolTypes<Input = any, Output = any> {
  readonly "~types"?: { readonly input: Input; readonly output: Output };
}

/** A tool that remembers the types of its input and output. */
export type DefinedTool<
  Input extends Schema | undefined,
  Output extends Schema | undefined,
  Services,
> = ToolDefinition<Services> & ToolTypes<SchemaInput<Input>, Output extends Schema ? SchemaOutput<Output> : unknown>;

/**
 * Defines a tool; types flow from `input` and `output` into the handler. Nothing is checked or compiled until a server
 * is made.
 */
export function defineTool<
  const Input extends Schema | undefined = undefined,
  const Output extends Schema | undefined = undefined,
  Services = unknown,
>(options: ToolOptions<Input, Output, Services>): DefinedTool<Input, Output, Services> {
  const definition: ToolDefinition<Services> = Object.freeze({
    ...options,
    kind: "tool",
    input: options.input,
    output: options.output,
  });
  recordOrigin(definition, defineTool);
  return definition;
}
