import { expect, it } from "vitest";
import { stderrLogger } from "../../context/logger.ts";
import { wireServer } from "../../create-server.ts";
import { defineTool } from "../../definitions/tool.ts";
import { modernMeta, openSocket, postHeaders } from "./fixtures/http-client.ts";
import { listenHttp } from "./listen-http.ts";

it("has one wait for all messages that a tool sends without looking, while the client reads nothing", async () => {
  const sent = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const chatty = defineTool({
    name: "chatty",
    handler: async (_input, { clientLog }) => {
      for (let count = 0; count < 200; count += 1) void clientLog("info", "x".repeat(10_000));
      sent.resolve();
      await release.promise;
      return "said";
    },
  });
  const log = stderrLogger({ level: "silent" });
  const server = wireServer({ name: "chatty", version: "1.0.0", log, components: [chatty] });
  await using host = await listenHttp(server, { port: 0, drainMs: 50 });
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  const socket = (await openSocket(host)).pause();
  const _meta = { ...modernMeta, "io.modelcontextprotocol/logLevel": "debug" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "chatty", _meta } });
  const headers = {
    ...postHeaders,
    host: "localhost",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "chatty",
    "content-length": String(body.length),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

  socket.write(["POST /mcp HTTP/1.1", ...lines, "", body].join("\r\n"));
  await sent.promise;
  await new Promise((resolve) => setImmediate(resolve));

  expect(warnings).toEqual([]);
  process.off("warning", onWarning);
  socket.destroy();
  release.resolve();
});
