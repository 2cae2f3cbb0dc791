import { defineTool, type Component, type Elicited } from "@plinth/core";
import { z } from "zod";

/** Tools that ask the client something in the middle of a call, as the 2025-11-25 scenarios know them. */
export const questionTools: readonly Component[] = [
  defineTool({
    name: "test_sampling",
    description: "Asks the client's model to answer a prompt.",
    input: z.object({ prompt: z.string() }),
    handler: async ({ prompt }, ctx) => {
      const { content } = await ctx.sample({
        messages: [{ role: "user", content: { type: "text", text: prompt } }],
        maxTokens: 100,
      });
      return `LLM response: ${content.type === "text" ? content.text : content.type}`;
    },
  }),
  defineTool({
    name: "test_elicitation",
    description: "Asks the user for a name and an email address.",
    input: z.object({ message: z.string() }),
    handler: async ({ message }, ctx) => {
      const schema = z.object({ username: z.string().describe("A name"), email: z.string().describe("An address") });
      return `User response: ${summarize(await ctx.elicit({ message, schema }))}`;
    },
  }),
  defineTool({
    name: "test_elicitation_sep1034_defaults",
    description: "Asks with a form whose fields have defaults.",
    handler: async (_input, ctx) => {
      const schema = z.object({
        name: z.string().default("John Doe"),
        age: z.int().default(30),
        score: z.number().default(95.5),
        status: z.enum(["active", "inactive", "pending"]).default("active"),
        verified: z.boolean().default(true),
      });
      return `Elicitation completed: ${summarize(await ctx.elicit({ message: "Check these values", schema }))}`;
    },
  }),
  defineTool({
    name: "test_elicitation_sep1330_enums",
    description: "Asks with a form that has every kind of choice.",
    handler: async (_input, ctx) => {
      const titled = [
        { const: "value1", title: "First Option" },
        { const: "value2", title: "Second Option" },
        { const: "value3", title: "Third Option" },
      ];
      const schema = {
        type: "object",
        properties: {
          untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
          titledSingle: { type: "string", oneOf: titled },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
          titledMulti: { type: "array", items: { anyOf: titled } },
        },
      };
      return `Elicitation completed: ${summarize(await ctx.elicit({ message: "Choose", schema }))}`;
    },
  }),
];

function summarize(answer: Elicited<unknown>): string {
  return `action=${answer.action}, content=${JSON.stringify(answer.action === "accept" ? answer.content : {})}`;
}
