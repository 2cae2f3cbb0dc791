import { stringify } from "csv-stringify/sync";
import type { Report } from "./aggregate.ts";

/**
 * Writes a report as CSV (RFC 4180).
 *
 * **Security:** text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage
 * return) gets an apostrophe in front, as OWASP advises. Such a text is therefore not byte for byte the original; numbers
 * are left alone.
 */
export function toCsv({ headings, rows }: Report): string {
  return stringify([headings, ...rows], {
    escape_formulas: true,
    record_delimiter: "\r\n",
    cast: { boolean: (value) => String(value) },
  });
}
