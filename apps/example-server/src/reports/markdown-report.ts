import type { Cell } from "../store/dataset.ts";
import type { Report } from "./aggregate.ts";

const format = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

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
  return typeof cell === "number" ? format.format(cell) : escapeMarkdown(String(cell));
}

/** Keeps text from ending a cell, and from being read as Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#&]/g, "\\$&").replace(/\s+/g, " ");
}
