import { createTool } from "@mastra/core/tools";
import { MCPServer } from "@mastra/mcp";
import { z } from "zod";

const tools = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [
    `echo_${index}`,
    createTool({
      id: `echo_${index}`,
      description: `Sends back the message it was given (number ${index}).`,
      inputSchema: z.object({ message: z.string() }),
      execute: async ({ message }) => message,
    }),
  ]),
);
await new MCPServer({ id: "bench", name: "bench", version: "1.0.0", tools }).startStdio();
