import { setImmediate as nextTurn } from "node:timers/promises";
import { defineTool, type Component, type LoggingLevel } from "@plinth/core";
import { z } from "zod";

/** Tools that say something before they answer. */
export const notifyingTools: readonly Component[] = [
  defineTool({
    name: "progress",
    input: z.object({ steps: z.int().optional() }),
    handler: async ({ steps = 2 }, ctx) => {
      for (let step = 1; step <= steps; step += 1) {
        ctx.progress(step, steps, `step ${step}`);
        await nextTurn();
      }
      return "done";
    },
  }),
  defineTool({
    name: "odd_progress",
    handler: (_input, ctx) => {
      for (const done of [0, -1, 0, NaN, 0.5, Infinity, 2]) ctx.progress(done, NaN);
      return "done";
    },
  }),
  defineTool({
    name: "progress_then_fail",
    handler: (_input, ctx) => {
      ctx.progress(1);
      throw new Error("hidden");
    },
  }),
  defineTool({
    name: "log",
    input: z.object({ level: z.string().optional(), data: z.unknown(), logger: z.string().optional() }),
    handler: async ({ level = "info", data, logger }, ctx) => {
      await ctx.clientLog(level as LoggingLevel, data ?? null, logger);
      return "logged";
    },
  }),
  defineTool({
    name: "log_all_levels",
    handler: async (_input, ctx) => {
      const levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] as const;
      for (const level of levels) await ctx.clientLog(level, { level });
      return "logged";
    },
  }),
  defineTool({
    name: "log_then_too_late",
    handler: async (_input, ctx) => {
      await ctx.clientLog("error", "in time");
      setImmediate(() => void ctx.clientLog("error", "too late"));
      return "logged";
    },
  }),
  defineTool({
    name: "log_unserializable",
    handler: async (_input, ctx) => {
      await ctx.clientLog("error", { id: 10n });
      return "logged";
    },
  }),
];
