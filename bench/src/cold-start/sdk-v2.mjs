import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

serveStdio(() => {
  const server = new McpServer({ name: "bench", version: "1.0.0" });
  for (let index = 0; index < 10; index += 1) {
    server.registerTool(
      `echo_${index}`,
      {
        description: `Sends back the message it was given (number ${index}).`,
        inputSchema: z.object({ message: z.string() }),
      },
      ({ message }) => ({ content: [{ type: "text", text: message }] }),
    );
  }
  return server;
});
