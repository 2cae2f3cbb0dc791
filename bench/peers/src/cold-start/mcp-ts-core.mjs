import { createApp, tool, z } from "@cyanheads/mcp-ts-core";

const tools = Array.from({ length: 10 }, (_, index) =>
  tool(`echo_${index}`, {
    description: `Sends back the message it was given (number ${index}).`,
    input: z.object({ message: z.string().describe("What to send back") }),
    output: z.object({ text: z.string().describe("The text") }),
    handler: ({ message }) => ({ text: message }),
    format: ({ text }) => [{ type: "text", text }],
  }),
);
await createApp({ name: "bench", version: "1.0.0", tools });
