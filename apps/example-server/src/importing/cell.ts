import type { Cell, CellType } from "../store/dataset.ts";

/**
 * Reads a CSV field, which has no type, as the cell that it looks like: nothing, a number, true or false, a date or
 * text. What would not come back as it was written stays text: `007`, and numbers of more than 15 digits.
 */
export function fromField(field: string): Cell {
  if (field === "") return null;
  if (numberPattern.test(field) && field.replace(/\D/g, "").length <= 15) return Number(field);
  if (field === "true" || field === "false") return field === "true";
  return fromText(field);
}

/** Reads a JSON value as a cell; text that is a date becomes an ISO date, a nested value becomes its JSON text. */
export function fromJson(value: unknown): Cell {
  if (typeof value === "string") return fromText(value);
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return value === null || value === undefined ? null : cleanText(JSON.stringify(value));
}

/** Names the type of a cell that is not missing. */
export function cellType(cell: string | number | boolean): CellType {
  if (typeof cell === "number") return "number";
  if (typeof cell === "boolean") return "boolean";
  return isoDatePattern.test(cell) && isRealDate(cell.slice(0, 10)) ? "date" : "text";
}

/** Text as every database stores it: PostgreSQL refuses NUL and half surrogate pairs. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

const numberPattern = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d{1,2})?$/i;
const isoDatePattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const englishDatePattern = /^([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})$/;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Jun 12 1998` becomes `1998-06-12`. Forms like 01/02/2003, which mean two things, stay as they are. */
function fromText(text: string): string {
  const [, monthName, day, year] = englishDatePattern.exec(text) ?? [];
  if (!monthName || !day || !year) return cleanText(text);
  const month = months.indexOf(monthName) + 1;
  const date = `${year}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isRealDate(date) ? date : text;
}

/** Whether the calendar has this YYYY-MM-DD; `Date` turns 30 February into 1 March instead of refusing it. */
function isRealDate(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
