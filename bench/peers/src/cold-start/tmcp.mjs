import { ZodJsonSchemaAdapter } from "@tmcp/adapter-zod";
import { StdioTransport } from "@tmcp/transport-stdio";
import { McpServer } from "tmcp";
import { z } from "zod";

const server = new McpServer(
  { name: "bench", version: "1.0.0", description: "The benchmark's tools." },
  { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: { listChanged: true } } },
);
for (let index = 0; index < 10; index += 1) {
  server.tool(
    {
      name: `echo_${index}`,
      description: `Sends back the message it was given (number ${index}).`,
      schema: z.object({ message: z.string() }),
    },
    ({ message }) => ({ content: [{ type: "text", text: message }] }),
  );
}
new StdioTransport(server).listen();
