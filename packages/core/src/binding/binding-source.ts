import type { Implementation } from "@modelcontextprotocol/server";
import type { ChangeEvents } from "../hosting/change-events.ts";
import type { Dispatch } from "../pipeline/dispatch.ts";
import type { Offer } from "./offers.ts";

/** What all bindings of one server share. */
export interface BindingSource {
  readonly info: Implementation;
  readonly instructions: string | undefined;
  /** What to tell clients now, and which methods `dispatch` serves. */
  readonly offer: () => Offer;
  readonly dispatch: Dispatch;
  readonly changes: ChangeEvents;
  /** Milliseconds a legacy client may take to answer a question. */
  readonly inputTimeoutMs: number;
}
