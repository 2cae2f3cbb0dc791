import { definePrompt, embeddedResource, image, text, type Component } from "@plinth/core";
import { z } from "zod";
import { png } from "./samples.ts";

/** The prompts that the suite lists, completes and gets. */
export const prompts: readonly Component[] = [
  definePrompt({
    name: "test_simple_prompt",
    description: "Takes no arguments.",
    render: () => "This is a simple prompt for testing.",
  }),
  definePrompt({
    name: "test_prompt_with_arguments",
    description: "Takes two arguments.",
    arguments: z.object({ arg1: z.string(), arg2: z.string() }),
    complete: { arg1: (typed) => ["testing", "tested", "other"].filter((value) => value.startsWith(typed)) },
    render: ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
  }),
  definePrompt({
    name: "test_prompt_with_embedded_resource",
    description: "Sends a resource along.",
    arguments: z.object({ resourceUri: z.string() }),
    render: ({ resourceUri }) => [
      {
        role: "user",
        content: embeddedResource({
          uri: resourceUri,
          mimeType: "text/plain",
          body: "Embedded resource content for testing.",
        }),
      },
      { role: "user", content: text("Please process the embedded resource above.") },
    ],
  }),
  definePrompt({
    name: "test_prompt_with_image",
    description: "Sends an image along.",
    render: () => [
      { role: "user", content: image(png, "image/png") },
      { role: "user", content: text("Please analyze the image above.") },
    ],
  }),
  definePrompt({
    name: "test_input_required_result_prompt",
    description: "Asks the user for the context first.",
    render: async (_args, ctx) => {
      const answer = await ctx.elicit({
        key: "user_context",
        message: "What is this about?",
        schema: z.object({ context: z.string() }),
      });
      return `Context: ${answer.action === "accept" ? answer.content.context : "unknown"}`;
    },
  }),
];
