import XMLBuilder from "fast-xml-builder";
import type { Report } from "./aggregate.ts";

/**
 * Writes a report as XML: `<report><row><cell name="symbol">AAPL</cell>...`. Headings are attributes, since most are not
 * valid element names; a missing cell has no element.
 */
export function toXml({ headings, rows, groupCount }: Report): string {
  const builder = new XMLBuilder({ format: true, ignoreAttributes: false, attributeNamePrefix: "@" });
  const row = rows.map((cells) => ({
    cell: cells.flatMap((cell, index) =>
      cell === null ? [] : [{ "@name": cleanXml(headings[index] ?? ""), "#text": cleanXml(String(cell)) }],
    ),
  }));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ report: { "@groups": groupCount, row } })}`;
}

/** XML 1.0 has no place for control characters, not even as entities (section 2.2). */
function cleanXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this removes
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\uFFFD");
}
