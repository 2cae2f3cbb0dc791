import type { Context } from "../context/context.ts";
import type { Awaitable } from "./awaitable.ts";

/** Suggests values for one argument from what the user typed so far; at most 100 are sent. */
export type Completer<Services = unknown> = (
  typed: string,
  context: Context<Services>,
  /** Values of other arguments that the user already chose. */
  chosen: Readonly<Record<string, string>>,
) => Awaitable<readonly string[]>;

/** Completers by argument or template variable. */
export type Completers<Services = unknown> = Readonly<Record<string, Completer<Services>>>;
