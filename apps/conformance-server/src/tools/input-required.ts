import { defineTool, type Component, type Context } from "@plinth/core";
import { z } from "zod";

/** Tools that need several rounds in the 2026-07-28 era (multi round trip requests). The suite knows each question by its key. */
export const inputRequiredTools: readonly Component[] = [
  defineTool({
    name: "test_input_required_result_elicitation",
    description: "Asks the user for a name, then greets.",
    handler: async (_input, ctx) => `Hello, ${await askName(ctx)}!`,
  }),
  defineTool({
    name: "test_input_required_result_sampling",
    description: "Asks the client's model for the capital of France.",
    handler: async (_input, ctx) =>
      `The model says: ${await sampleText(ctx, "capital_question", "What is the capital of France?")}`,
  }),
  defineTool({
    name: "test_input_required_result_list_roots",
    description: "Asks the client for its roots.",
    handler: async (_input, ctx) => `Roots: ${await listRoots(ctx)}`,
  }),
  defineTool({
    name: "test_input_required_result_request_state",
    description: "Asks for a confirmation; the state between the rounds travels with the client.",
    handler: async (_input, ctx) => `state-ok: ${await confirm(ctx)}`,
  }),
  defineTool({
    name: "test_input_required_result_multiple_inputs",
    description: "Asks the user, the model and for roots in one round.",
    handler: async (_input, ctx) => {
      const answers = await Promise.all([
        askName(ctx),
        sampleText(ctx, "greeting", "Write a greeting.", 50),
        listRoots(ctx),
      ]);
      return `All answers: ${answers.join("; ")}`;
    },
  }),
  defineTool({
    name: "test_input_required_result_multi_round",
    description: "Asks for a name, then for a color.",
    handler: async (_input, ctx) => {
      const name = await ctx.elicit({ key: "step1", message: "Your name?", schema: z.object({ name: z.string() }) });
      const color = await ctx.elicit({ key: "step2", message: "Your color?", schema: z.object({ color: z.string() }) });
      return `Done: ${JSON.stringify([name, color])}`;
    },
  }),
  defineTool({
    name: "test_input_required_result_tampered_state",
    description: "Asks for a confirmation under a state that the client cannot change unnoticed.",
    handler: async (_input, ctx) => `Confirmed: ${await confirm(ctx)}`,
  }),
  defineTool({
    name: "test_input_required_result_capabilities",
    description: "Asks only what the client says it can answer.",
    handler: async (_input, ctx) => {
      const can = ctx.client.capabilities;
      const answers = await Promise.all([
        can?.elicitation && askName(ctx),
        can?.sampling && sampleText(ctx, "greeting", "Write a greeting.", 50),
        can?.roots && listRoots(ctx),
      ]);
      return `Answers: ${answers.filter((answer) => answer !== undefined).join("; ")}`;
    },
  }),
  defineTool({
    name: "test_missing_capability",
    description: "Needs a client with a model.",
    handler: (_input, ctx) => sampleText(ctx, "capability_probe", "Say something."),
  }),
];

async function askName(ctx: Context): Promise<string> {
  const schema = z.object({ name: z.string() });
  const answer = await ctx.elicit({ key: "user_name", message: "What is your name?", schema });
  return answer.action === "accept" ? answer.content.name : `(${answer.action})`;
}

async function sampleText(ctx: Context, key: string, question: string, maxTokens = 100): Promise<string> {
  const { content } = await ctx.sample({
    key,
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens,
  });
  return content.type === "text" ? content.text : content.type;
}

async function listRoots(ctx: Context): Promise<string> {
  const roots = await ctx.roots({ key: "client_roots" });
  return roots.map(({ name, uri }) => name ?? uri).join(", ");
}

async function confirm(ctx: Context): Promise<boolean> {
  const schema = z.object({ ok: z.boolean() });
  const answer = await ctx.elicit({ key: "confirm", message: "Is that right?", schema });
  return answer.action === "accept" && answer.content.ok;
}
