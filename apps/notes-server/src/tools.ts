import { forServices, service } from "@plinth/core";
import { z } from "zod";
import { createNotebook } from "./notebook.ts";

/** What handlers find on `context.services`. */
export const services = { notebook: service({ start: () => createNotebook() }) };

const { defineTool } = forServices<typeof services>();

export const addNote = defineTool({
  name: "add_note",
  description: "Writes a note down for later and returns its number.",
  input: z.object({ text: z.string().min(1).max(10_000).describe("What to remember.") }),
  output: z.object({ id: z.number().int() }),
  annotations: { readOnlyHint: false, destructiveHint: false },
  requires: ["notebook"],
  timeoutMs: 1_000,
  handler: ({ text }, { services }) => ({ id: services.notebook.add(text) }),
});

export const findNotes = defineTool({
  name: "find_notes",
  description: "Finds the newest notes that contain a text.",
  input: z.object({
    text: z.string().max(1_000).describe("What to look for; an empty text finds all."),
    limit: z.number().int().min(1).max(100).default(20).describe("How many notes to return at most."),
  }),
  output: z.object({ notes: z.array(z.object({ id: z.number().int(), text: z.string() })) }),
  annotations: { readOnlyHint: true },
  requires: ["notebook"],
  timeoutMs: 1_000,
  handler: ({ text, limit }, { services }) => ({ notes: [...services.notebook.find(text, limit)] }),
});
