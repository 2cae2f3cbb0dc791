import type { RunResult } from "@plinth/code-executor";
import { text, toolResult, type Content, type ToolResult } from "@plinth/core";

/** Characters of a failure's message. */
const maxMessage = 2000;

/**
 * A run as the answer to the model: the value as text and as structured content, what was written beside it, and for a
 * failure what went wrong, where, and how much was done before.
 */
export function toAnswer(
  result: RunResult,
  { calls, maxCharacters }: { readonly calls: number; readonly maxCharacters: number },
): ToolResult {
  const written = [
    ...output("stdout", result.stdout, maxCharacters),
    ...output("stderr", result.stderr, maxCharacters),
  ];
  if (!result.ok) {
    const where = result.line === undefined ? "" : ` in line ${result.line}`;
    const done = calls === 0 ? "" : `\nIt had made ${calls} tool call${calls === 1 ? "" : "s"}, which are not undone.`;
    // Tab and line break aside, control characters are none of a sentence: a terminal would obey them.
    const message = cut(result.message.replace(/(?![\t\n])\p{Cc}/gu, ""), maxMessage);
    return toolResult({
      content: [text(`The program failed (${result.failure})${where}: ${message}${done}`), ...written],
      isError: true,
    });
  }
  if (result.value === undefined) {
    return toolResult({ content: [text("The program returned nothing."), ...written], structuredContent: { calls } });
  }
  const json = JSON.stringify(result.value);
  const fits = json.length <= maxCharacters;
  return toolResult({
    content: [text(cut(json, maxCharacters)), ...written],
    // Half a value would be taken for the whole one.
    structuredContent: fits ? { value: result.value, calls } : { calls, cut: true },
  });
}

function output(name: string, written: string, maxCharacters: number): Content[] {
  return written === "" ? [] : [text(`${name}:\n${cut(written, maxCharacters)}`)];
}

function cut(whole: string, maxCharacters: number): string {
  if (whole.length <= maxCharacters) return whole;
  const kept = whole.slice(0, maxCharacters).toWellFormed();
  return `${kept}\n[cut: ${whole.length - maxCharacters} of ${whole.length} characters are left out]`;
}
