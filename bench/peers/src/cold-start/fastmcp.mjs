import { FastMCP } from "fastmcp";
import { z } from "zod";

const server = new FastMCP({ name: "bench", version: "1.0.0" });
for (let index = 0; index < 10; index += 1) {
  server.addTool({
    name: `echo_${index}`,
    description: `Sends back the message it was given (number ${index}).`,
    parameters: z.object({ message: z.string() }),
    execute: async ({ message }) => message,
  });
}
await server.start({ transportType: "stdio" });
