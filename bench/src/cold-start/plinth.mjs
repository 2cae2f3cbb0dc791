import { createServer, defineTool } from "@plinth/core";
import { z } from "zod";

const components = Array.from({ length: 10 }, (_, index) =>
  defineTool({
    name: `echo_${index}`,
    description: `Sends back the message it was given (number ${index}).`,
    input: z.object({ message: z.string() }),
    handler: ({ message }) => message,
  }),
);
const lane = process.argv[2] === "sdk" ? "sdk" : "direct";
await createServer({ name: "bench", version: "1.0.0", components }).run({ transport: "stdio", stdio: { lane } });
