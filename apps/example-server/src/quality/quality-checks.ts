import { cellType } from "../importing/cell.ts";
import { type Cell, type Column, columnIndex, type Row } from "../store/dataset.ts";
import { compares, matchesFilter } from "./matches-filter.ts";
import type { CustomRule, QualityRules, Range } from "./quality-rules.ts";

/** One rule, ready to be applied to rows. */
export interface QualityCheck {
  rule: "required" | "type" | "range" | "custom";
  column: string;
  /** The rule in words, such as `"Title" must be text`. */
  expectation: string;
  passes: (row: Row) => boolean;
}

/**
 * Turns rules into checks.
 *
 * @throws DataError `INVALID` when a rule names a column that is not there.
 */
export function toChecks(rules: QualityRules, columns: readonly Column[]): QualityCheck[] {
  function check(
    rule: QualityCheck["rule"],
    column: string,
    expectation: string,
    passes: (cell: Cell, row: Row) => boolean,
  ): QualityCheck {
    const index = columnIndex(columns, column);
    return { rule, column, expectation, passes: (row) => passes(row[index] ?? null, row) };
  }

  function customCheck(custom: CustomRule): QualityCheck {
    if ("condition" in custom) {
      const { condition } = custom;
      const mayBeMissing = condition.operator !== "is_not_null";
      return check("custom", condition.column, custom.name, (cell) =>
        cell === null && mayBeMissing ? true : matchesFilter(cell, condition),
      );
    }
    const { column, operator, with: otherColumn } = custom.compare;
    const other = columnIndex(columns, otherColumn);
    return check("custom", column, custom.name, (cell, row) => {
      const otherCell = row[other] ?? null;
      return cell === null || otherCell === null || compares(cell, operator, otherCell);
    });
  }

  return [
    ...(rules.required ?? []).map((column) =>
      check("required", column, `"${column}" must not be missing`, (cell) => cell !== null && cell !== ""),
    ),
    ...Object.entries(rules.types ?? {}).map(([column, type]) =>
      check("type", column, `"${column}" must be ${type}`, (cell) => cell === null || cellType(cell) === type),
    ),
    ...Object.entries(rules.ranges ?? {}).map(([column, range]) =>
      check("range", column, `"${column}" must be ${describeRange(range)}`, (cell) => isInRange(cell, range)),
    ),
    ...(rules.custom ?? []).map(customCheck),
  ];
}

function isInRange(cell: Cell, { minimum, maximum }: Range): boolean {
  if (cell === null) return true;
  return (
    (minimum === undefined || compares(cell, "gte", minimum)) &&
    (maximum === undefined || compares(cell, "lte", maximum))
  );
}

function describeRange({ minimum, maximum }: Range): string {
  if (minimum === undefined) return `at most ${maximum}`;
  return maximum === undefined ? `at least ${minimum}` : `between ${minimum} and ${maximum}`;
}
