import type { LogFields } from "./logger.ts";

/** What {@link Call.assign} may settle. */
export interface CallFacts {
  /** In place of the server's own; a text that no other call has. */
  readonly requestId?: string;
  /** In place of the principal's. */
  readonly tenant?: string;
  /** Carried by every log line about the call. */
  readonly logFields?: LogFields;
}
