import type { ServerResponse } from "node:http";

/** Headers that belong to the connection and not to the answer (RFC 9110 section 7.6.1); node decides on those. */
const connectionHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/** Options for {@link writeResponse}. */
export interface WriteResponseOptions {
  /** Sent besides the answer's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds the client may take nothing of a blocked answer before it is cut off. */
  readonly sendTimeoutMs: number;
}

/** Writes a whole answer at once. */
export function writeText(
  target: ServerResponse,
  {
    status,
    body,
    headers,
  }: { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> },
): void {
  target.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  target.end(body);
}

/**
 * Writes a web response to a node one: reads its body only as fast as the client takes it, and cancels it when the
 * client goes away. Resolves when the answer is written or the client is gone. @throws what the body's stream throws
 */
export async function writeResponse(
  target: ServerResponse,
  source: Response,
  { headers, sendTimeoutMs }: WriteResponseOptions,
): Promise<void> {
  for (const [name, value] of source.headers) {
    if (!connectionHeaders.has(name) && name !== "set-cookie") target.setHeader(name, value);
  }
  const cookies = source.headers.getSetCookie();
  if (cookies.length > 0) target.setHeader("set-cookie", cookies);
  target.writeHead(source.status, { ...headers });
  if (source.body === null || target.req.method === "HEAD") {
    target.end();
    await source.body?.cancel();
    return;
  }
  target.flushHeaders();
  await pump(source.body, target, sendTimeoutMs);
}

async function pump(body: ReadableStream<Uint8Array>, target: ServerResponse, sendTimeoutMs: number): Promise<void> {
  const reader = body.getReader();
  const onClose = (): void => void reader.cancel().catch(() => undefined);
  target.once("close", onClose);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || target.destroyed) break;
      if (!target.write(value)) await taken(target, sendTimeoutMs);
    }
    target.end();
  } finally {
    target.off("close", onClose);
  }
}

/** Resolves when the client has taken what was written, or is gone; a client that takes nothing in time is cut off. */
function taken(target: ServerResponse, sendTimeoutMs: number): Promise<void> {
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
