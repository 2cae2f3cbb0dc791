import type { Implementation } from "@modelcontextprotocol/server";
import type { Logger } from "../context/logger.ts";
import type { PlatformEvents } from "../events/platform-events.ts";
import type { ChangeEvents } from "../hosting/change-events.ts";
import type { Dispatch } from "../pipeline/dispatch.ts";
import type { Offer } from "./offers.ts";

/** What all bindings of one server, and the lanes that need none, share. */
export interface BindingSource {
  /** How the server names itself on the wire. */
  readonly info: Implementation;
  readonly instructions: string | undefined;
  readonly log: Logger;
  /** What to tell clients now, and which methods `dispatch` serves. */
  readonly offer: () => Offer;
  /** Serves one decoded request. */
  readonly dispatch: Dispatch;
  /** Publishes and delivers what changed: lists and resources. */
  readonly changes: ChangeEvents;
  /** Takes what the parts of the server tell of their work. */
  readonly events: PlatformEvents;
  /** Milliseconds a legacy client may take to answer a question. */
  readonly inputTimeoutMs: number;
}
