import type { ChangeEvent } from "../change-events.ts";

/** Different changes that may wait to be sent. */
const mostWaiting = 10_000;

/** Sends one batch, and calls `sent` when the channel has taken it. */
export type SendChanges = (changes: readonly ChangeEvent[], sent: () => void) => void;

/**
 * Carries changes over a channel that may be slow. They wait while a batch is under way; the same change waits once,
 * because it says no more when it is said twice, and past 10,000 different ones the oldest are forgotten.
 *
 * @returns a function that adds one.
 */
export function createChangeOutbox(send: SendChanges): (change: ChangeEvent) => void {
  const waiting = new Map<string, ChangeEvent>();
  let sending = false;

  function sendWaiting(): void {
    sending = waiting.size > 0;
    if (!sending) return;
    const changes = [...waiting.values()];
    waiting.clear();
    send(changes, sendWaiting);
  }

  return (change) => {
    waiting.set("uri" in change ? `${change.kind} ${change.uri}` : change.kind, change);
    if (waiting.size > mostWaiting) waiting.delete(waiting.keys().next().value as string);
    if (sending) return;
    sending = true;
    // What changes in one go, such as a whole catalog, travels together.
    queueMicrotask(sendWaiting);
  };
}
