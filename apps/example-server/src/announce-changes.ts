import { type ContextKey, contextKey, type Middleware } from "@plinth/core";

/** Set by a tool that has created or deleted a data set. */
export const datasetsChanged: ContextKey<boolean> = contextKey<boolean>("datasetsChanged");

/** Calls `announce` after each call that has changed the list of data sets. */
export function announceChanges(announce: () => void): Middleware {
  return async function announceChanges(call, next) {
    const result = await next();
    if (call.context.state.get(datasetsChanged)) announce();
    return result;
  };
}
