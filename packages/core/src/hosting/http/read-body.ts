import type { IncomingMessage } from "node:http";

/** The body, or why there is none: it passed the limit, or the client went away in the middle. */
export type ReadBody = Buffer | "too-large" | "aborted";

/** Bytes that the request says it will send, or `undefined` when it does not say. */
export function declaredLength(request: IncomingMessage): number | undefined {
  const { headers, httpVersionMajor, complete } = request;
  if (headers["transfer-encoding"] !== undefined) return undefined;
  const length = headers["content-length"];
  // In HTTP/2 a body needs neither header (RFC 9113 section 8.1.1).
  if (length === undefined && httpVersionMajor === 2 && !complete) return undefined;
  return Number(length ?? 0);
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
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      request.off("data", onData).pause();
      resolve("too-large");
    };
    const onEnd = (): void => {
      // HTTP/2 also ends what the client broke off.
      if (!request.complete) resolve("aborted");
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, received));
    };
    const onClose = (): void => resolve("aborted");
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    // Also what has arrived as a whole is lost when the client goes before it is read, while it is authenticated.
    if (request.destroyed) onClose();
  });
}
