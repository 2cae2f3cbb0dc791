import { z } from "zod";

/** The arguments of every tool that gives a long text in parts. */
export const textPageInput = {
  start: z.int().min(0).default(0).describe("Where to begin, in characters: nextStart of the part before"),
  max_chars: z.int().min(100).max(50_000).default(10_000).describe("Characters to return"),
};

/** What such a tool answers with. */
export const textPageOutput = {
  text: z.string(),
  totalChars: z.int().describe("Characters of the whole text"),
  nextStart: z.int().optional().describe("The start of the next part, if there is one"),
};

/** One part of a text. It does not end in the middle of a character, so it can be one shorter than asked for. */
export function textPage(whole: string, start: number, maxChars: number) {
  const end = start + maxChars;
  const isCut = end < whole.length && /[\ud800-\udbff]$/.test(whole.slice(end - 1, end));
  const text = whole.slice(start, isCut ? end - 1 : end);
  const nextStart = start + text.length;
  return { text, totalChars: whole.length, ...(nextStart < whole.length && { nextStart }) };
}
