import type { Implementation, ServerCapabilities } from "@modelcontextprotocol/server";
import type { ChangeEvents } from "../hosting/change-events.ts";
import type { Dispatch } from "../pipeline/dispatch.ts";

/** What all bindings of one server share. */
export interface BindingSource {
  readonly info: Implementation;
  readonly instructions: string | undefined;
  readonly capabilities: () => ServerCapabilities;
  /** Every method that `dispatch` serves. */
  readonly methods: () => Iterable<string>;
  readonly dispatch: Dispatch;
  readonly changes: ChangeEvents;
  /** Milliseconds a legacy client may take to answer a question. */
  readonly inputTimeoutMs: number;
}
