import { defineTool, type Component } from "@plinth/core";
import { z } from "zod";

const name = z.object({ name: z.string() });

/** Tools that ask the client, and remember what they did before. */
export const askingTools: readonly Component[] = [
  defineTool({
    name: "ask",
    input: z.looseObject({}),
    handler: async (_input, ctx) => ctx.elicit({ message: "Your name?", schema: name }),
  }),
  defineTool({
    name: "ask_again",
    handler: async (_input, ctx) => ctx.elicit({ message: "Your name?", schema: name }),
  }),
  defineTool({
    name: "ask_several",
    handler: async (_input, ctx) => {
      const receipt = await ctx.once("receipt", () => ({ number: 7 }));
      const answers = await Promise.all([
        ctx.elicit({ key: "who", message: "Your name?", schema: name }),
        ctx.sample({
          key: "poem",
          messages: [{ role: "user", content: { type: "text", text: "A poem" } }],
          maxTokens: 9,
        }),
        ctx.roots({ key: "roots" }),
      ]);
      const color = await ctx.elicit({ key: "color", message: "Colour?", schema: z.object({ color: z.string() }) });
      return { receipt, answers, color };
    },
  }),
  defineTool({
    name: "ask_for_page",
    handler: async (_input, ctx) => ctx.elicit({ message: "Pay here", url: "https://pay.example/1" }),
  }),
  defineTool({
    name: "report_then_ask",
    handler: async (_input, ctx) => {
      ctx.progress(1, 2);
      return ctx.elicit({ message: "Your name?", schema: name });
    },
  }),
  defineTool({
    name: "ask_wrongly",
    handler: async (_input, ctx) => ctx.elicit({ message: "Deep?", schema: z.object({ a: z.object({}) }) }),
  }),
];
