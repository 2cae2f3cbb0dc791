import { KitError } from "../errors/kit-error.ts";
import type { Call, Result } from "./call.ts";

/** Continues inwards. Pass a changed call to change what runs inside; nothing passes the same call on. */
export type Next = (call?: Call) => Promise<Result>;

/** One concern around every operation. See {@link on} and {@link only} to narrow it. */
export type Middleware = (call: Call, next: Next) => Promise<Result>;

/** The innermost function of a pipeline. */
export type Handler = (call: Call) => Promise<Result>;

/**
 * Folds middleware around a handler, the first outermost. Calling `next` twice with one call is refused as `MISUSE`:
 * the operation would run twice by accident. A retry passes a new call, made with `call.with({})`.
 */
export function compose(middleware: readonly Middleware[], handler: Handler): Handler {
  return middleware.reduceRight<Handler>(
    (inner, outer) => (call) => {
      let passed: Call | undefined;
      return outer(call, (changed = call) => {
        if (changed === passed) {
          return Promise.reject(
            new KitError(
              "MISUSE",
              `${outer.name || "A middleware"} called next() twice; pass call.with({}) to run the call again`,
            ),
          );
        }
        passed = changed;
        return inner(changed);
      });
    },
    handler,
  );
}

/** Runs `middleware` for the given method or methods and steps aside for all others. */
export function on(method: string | readonly string[], middleware: Middleware): Middleware {
  const methods = new Set(typeof method === "string" ? [method] : method);
  return named(middleware, (call, next) => (methods.has(call.method) ? middleware(call, next) : next()));
}

/** Which targets a middleware is for: a call matches when its target has one of the names or one of the tags. */
export interface OnlyOptions {
  /** Names of tools, prompts and resources. */
  readonly names?: readonly string[];
  readonly tags?: readonly string[];
}

/** Runs `middleware` only for calls whose target matches; calls without a target pass by. */
export function only({ names = [], tags = [] }: OnlyOptions, middleware: Middleware): Middleware {
  const wantedNames = new Set(names);
  const wantedTags = new Set(tags);
  return named(middleware, (call, next) => {
    const target = call.target;
    const matches =
      target !== undefined && (wantedNames.has(target.name) || target.tags.some((tag) => wantedTags.has(tag)));
    return matches ? middleware(call, next) : next();
  });
}

/** Keeps the inner function's name, so that stack traces and messages still say which middleware it is. */
function named(source: Middleware, wrapper: Middleware): Middleware {
  return Object.defineProperty(wrapper, "name", { value: source.name });
}
