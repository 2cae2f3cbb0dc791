import type { Cell } from "../store/dataset.ts";
import type { Report } from "./aggregate.ts";

/** Made for the first number: it takes as long as a tenth of the server's start, which a client waits for. */
let format: Intl.NumberFormat | undefined;

/** Writes a report as a Markdown table; numbers have two decimals at most. */
export function toMarkdown({ headings, keyCount, rows, groupCount }: Report, title: string): string {
  const lines = [
    `# ${escapeMarkdown(title)}`,
    "",
    toLine(headings.map(escapeMarkdown)),
    toLine(headings.map((_, index) => (index < keyCount ? "---" : "---:"))),
    ...rows.map((row) => toLine(row.map(toText))),
  ];
  if (groupCount > rows.length) lines.push("", `${rows.length} of ${groupCount} groups.`);
  return `${lines.join("\n")}\n`;
}

function toLine(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function toText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "number") return escapeMarkdown(String(cell));
  format ??= new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
  return format.format(cell);
}

/** Keeps text from ending a cell, and from being read as Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#&]/g, "\\$&").replace(/\s+/g, " ");
}
