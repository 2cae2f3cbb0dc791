import { setTimeout as delay } from "node:timers/promises";
import { defineTool, type Component } from "@plinth/core";

const stepMs = 50;

/** Tools that say something before they answer. */
export const notificationTools: readonly Component[] = [
  defineTool({
    name: "test_tool_with_logging",
    description: "Sends three log messages while it runs.",
    handler: async (_input, ctx) => {
      await ctx.clientLog("info", "Tool execution started");
      await delay(stepMs);
      await ctx.clientLog("info", "Tool processing data");
      await delay(stepMs);
      await ctx.clientLog("info", "Tool execution completed");
      return "Sent three log messages.";
    },
  }),
  defineTool({
    name: "test_logging_tool",
    description: "Sends a log message, if the client asked for them.",
    handler: async (_input, ctx) => {
      await ctx.clientLog("info", "Logged on request");
      return "Done.";
    },
  }),
  defineTool({
    name: "test_tool_with_progress",
    description: "Reports progress three times, if the client asked for it.",
    handler: async (_input, ctx) => {
      ctx.progress(0, 100);
      await delay(stepMs);
      ctx.progress(50, 100);
      await delay(stepMs);
      ctx.progress(100, 100);
      return "Done.";
    },
  }),
  defineTool({
    name: "test_streaming_elicitation",
    description: "Answers without asking the client anything.",
    handler: () => "No request was sent to the client.",
  }),
  defineTool({
    name: "test_reconnection",
    description: "Closes the stream that carries the call, then answers; the client comes back for the answer.",
    handler: async (_input, ctx) => {
      ctx.closeStream();
      await delay(2 * stepMs);
      return "Answered after the stream was closed.";
    },
  }),
  defineTool({
    name: "test_trigger_tool_change",
    description: "Tells subscribers that the list of tools changed.",
    handler: (_input, ctx) => {
      ctx.notify.toolsChanged();
      return "Announced.";
    },
  }),
  defineTool({
    name: "test_trigger_prompt_change",
    description: "Tells subscribers that the list of prompts changed.",
    handler: (_input, ctx) => {
      ctx.notify.promptsChanged();
      return "Announced.";
    },
  }),
];
