import { Agent, request } from "undici";
import { firstId, modernMeta, modernRevision } from "../workloads/request.ts";

/**
 * Opens streams of `subscriptions/listen`, each on a connection of its own, and waits until each has been acknowledged
 * (MCP 2026-07-28, subscriptions).
 *
 * @throws Error with the answer of a stream that was refused
 */
export async function openListenStreams(url: string, count: number): Promise<AsyncDisposable> {
  const dispatcher = new Agent({ connections: count, pipelining: 1, bodyTimeout: 0 });
  try {
    // In portions: a burst of a thousand connections at once tests the system's backlog instead.
    for (let opened = 0; opened < count; opened += 50) {
      const portion = Math.min(50, count - opened);
      await Promise.all(
        Array.from({ length: portion }, (_, index) => listen(url, { dispatcher, id: firstId + opened + index })),
      );
    }
  } catch (error) {
    await dispatcher.destroy();
    throw error;
  }
  return { [Symbol.asyncDispose]: () => dispatcher.destroy() };
}

async function listen(
  url: string,
  { dispatcher, id }: { readonly dispatcher: Agent; readonly id: number },
): Promise<void> {
  const params = { notifications: { toolsListChanged: true }, _meta: modernMeta };
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": modernRevision,
      "mcp-method": "subscriptions/listen",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id, method: "subscriptions/listen", params }),
  });
  const isStream = statusCode === 200 && String(headers["content-type"]).startsWith("text/event-stream");
  if (!isStream) throw new Error(`a stream was answered with ${statusCode}: ${(await body.text()).slice(0, 200)}`);
  await new Promise<void>((resolve, reject) => {
    let text = "";
    body.on("data", (chunk: Buffer) => {
      if (text.includes("acknowledged")) return;
      text += chunk.toString("latin1");
      if (text.includes("acknowledged")) resolve();
    });
    // The end of the case destroys the streams; before that, it is a failure.
    body.once("error", reject);
    body.once("end", () => reject(new Error(`a stream ended: ${text.slice(0, 200)}`)));
  });
}
