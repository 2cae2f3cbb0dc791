import type { PlatformEvents } from "@plinth/core";

/** What is read of the events of `@plinth/file-operations`. */
export interface ObservedFileEvent {
  readonly type: "change" | "refusal";
  /** Size of a file that was written. */
  readonly bytes?: number;
}

/**
 * Tells a server's listeners what happens to files: give it to `openRoot({ onEvent })`. Tells `file-operations`: `changed`
 * (value: bytes written) and `refused`.
 */
export function fileEvents(events: PlatformEvents): (event: ObservedFileEvent) => void {
  return ({ type, bytes }) => {
    const action = type === "change" ? "changed" : "refused";
    events.publish({ part: "file-operations", action, ...(bytes !== undefined && { value: bytes }) });
  };
}
