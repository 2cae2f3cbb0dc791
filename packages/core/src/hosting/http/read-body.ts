import type { IncomingMessage } from "node:http";

/** The body, or why there is none: it passed the limit, or the client went away in the middle. */
export type ReadBody = Buffer | "too-large" | "aborted";

/** Bytes that the request says it will send, or `undefined` when it does not say. */
export function declaredLength({ headers }: IncomingMessage): number | undefined {
  if (headers["transfer-encoding"] !== undefined) return undefined;
  return Number(headers["content-length"] ?? 0);
}

/**
 * Reads a body of at most `maxBytes`. A declared length above that is refused before a byte is read; a body without one
 * is counted, and reading stops at the chunk that passes the limit. Never rejects.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  if ((declaredLength(request) ?? 0) > maxBytes) return Promise.resolve("too-large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let received = 0;
    const settle = (outcome: ReadBody): void => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      settle("too-large");
    };
    const onEnd = (): void => settle(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, received));
    const onClose = (): void => settle("aborted");
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    if (request.destroyed && !request.complete) onClose();
  });
}
