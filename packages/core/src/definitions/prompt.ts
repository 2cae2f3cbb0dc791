import type { Icon, PromptMessage } from "@modelcontextprotocol/server";
import type { Context } from "../context/context.ts";
import type { Awaitable } from "./awaitable.ts";
import type { Completers } from "./completion.ts";
import { recordOrigin } from "./origin.ts";
import type { Schema, SchemaOutput } from "./schema.ts";

/** What a prompt's `render` may return: text for one user message, messages, or messages with a description. */
export type PromptReturn =
  | string
  | readonly PromptMessage[]
  | { readonly description?: string; readonly messages: readonly PromptMessage[] };

/** Options for {@link definePrompt}. */
export interface PromptOptions<Arguments extends Schema | undefined = undefined, Services = unknown> {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  /** The arguments, an object of strings: MCP sends prompt arguments as text. @default no arguments */
  readonly arguments?: Arguments;
  /** Suggestions per argument while the user types (`completion/complete`). */
  readonly complete?: Completers<Services>;
  readonly icons?: readonly Icon[];
  readonly tags?: readonly string[];
  readonly scopes?: readonly string[];
  /** Services without which it cannot be rendered, by name; enforced by the service guard middleware. */
  readonly requires?: readonly string[];
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly render: (args: SchemaOutput<Arguments>, context: Context<Services>) => Awaitable<PromptReturn>;
}

/** A prompt as {@link definePrompt} makes it. */
export interface PromptDefinition<Services = unknown> extends Omit<
  PromptOptions<undefined, Services>,
  "arguments" | "render"
> {
  readonly kind: "prompt";
  readonly arguments: Schema | undefined;
  // `any`: the arguments' type lives in the schema, and the catalog hands over only what the schema let through.
  readonly render: (args: any, context: Context<Services>) => Awaitable<PromptReturn>;
}

/** A prompt whatever services it wants. `any`: whether the server has them was checked where it was made. */
export type AnyPrompt = PromptDefinition<any>;

/** Defines a prompt; types flow from `arguments` into `render`. */
export function definePrompt<const Arguments extends Schema | undefined = undefined, Services = unknown>(
  options: PromptOptions<Arguments, Services>,
): PromptDefinition<Services> {
  const definition: PromptDefinition<Services> = Object.freeze({
    ...options,
    kind: "prompt",
    arguments: options.arguments,
  });
  recordOrigin(definition, definePrompt);
  return definition;
}
