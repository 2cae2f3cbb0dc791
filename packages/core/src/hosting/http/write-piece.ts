import type { ServerResponse } from "node:http";

/**
 * Bytes that are written at once over HTTP/2. What a session has queued counts against the memory that node allows it,
 * and one that is above that refuses its client's next requests: so no answer may queue much.
 */
const maxQueuedBytes = 32 * 1024;

/** Whether so many bytes can be written at once, without a look at how fast the client takes them. */
export function fitsAtOnce({ req }: ServerResponse, length: number): boolean {
  return length <= maxQueuedBytes || req.httpVersionMajor !== 2;
}

/** Writes a part of an answer; resolves when the client has room for more, or is gone. Nothing else may be written meanwhile. */
export async function writePiece(target: ServerResponse, bytes: Uint8Array, sendTimeoutMs: number): Promise<void> {
  const most = fitsAtOnce(target, bytes.length) ? Infinity : maxQueuedBytes;
  for (let at = 0; at < bytes.length && !target.destroyed; at += most) {
    if (!target.write(bytes.subarray(at, at + most))) await taken(target, sendTimeoutMs);
  }
}

/** Resolves when the client has taken what was written, or is gone; a client that takes nothing in time is cut off. */
export function taken(target: ServerResponse, sendTimeoutMs: number): Promise<void> {
  if (target.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => target.destroy(), sendTimeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      target.off("drain", settle).off("close", settle);
      resolve();
    };
    target.on("drain", settle).on("close", settle);
  });
}
