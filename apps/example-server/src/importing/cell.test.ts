import { expect, test } from "vitest";
import { cellType, fromField, fromJson } from "./cell.ts";

test.each([
  ["", null],
  ["0", 0],
  ["-12.50", -12.5],
  ["1e3", 1000],
  ["007", "007"],
  ["+49", "+49"],
  ["1,000", "1,000"],
  ["12345678901234567890", "12345678901234567890"],
  ["0x10", "0x10"],
  ["Infinity", "Infinity"],
  ["true", true],
  ["TRUE", "TRUE"],
  ["2024-02-30", "2024-02-30"],
  ["Feb 29 2024", "2024-02-29"],
  ["Feb 29, 2024", "2024-02-29"],
  ["Feb 30 2024", "Feb 30 2024"],
  ["Foo 12 2024", "Foo 12 2024"],
  ["01/02/2003", "01/02/2003"],
  ["a\0b\ud800c", "a\uFFFDb\uFFFDc"],
])("reads the field %j as %j", (field, cell) => {
  expect(fromField(field)).toBe(cell);
});

test.each([
  [undefined, null],
  [Number.POSITIVE_INFINITY, null],
  ["12", "12"],
  ["Jun 12 1998", "1998-06-12"],
  [{ a: [1] }, '{"a":[1]}'],
])("reads the JSON value %j as %j", (value, cell) => {
  expect(fromJson(value)).toBe(cell);
});

test("tells dates from text, a date that does not exist included", () => {
  const types = ["2024-02-29", "2024-02-29T10:00Z", "2024", "2024-02-30"].map(cellType);

  expect(types).toEqual(["date", "date", "text", "text"]);
});
