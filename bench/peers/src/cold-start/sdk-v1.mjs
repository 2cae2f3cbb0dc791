import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const server = new McpServer({ name: "bench", version: "1.0.0" });
for (let index = 0; index < 10; index += 1) {
  server.registerTool(
    `echo_${index}`,
    { description: `Sends back the message it was given (number ${index}).`, inputSchema: { message: z.string() } },
    ({ message }) => ({ content: [{ type: "text", text: message }] }),
  );
}
await server.connect(new StdioServerTransport());
