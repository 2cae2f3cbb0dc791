import type { Cell } from "../store/dataset.ts";
import type { Filter, Scalar } from "../store/filter.ts";

/** Whether two values compare as the operator says; values of different types never do, except by `ne`. */
export function compares(left: Scalar, operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte", right: Scalar): boolean {
  if (typeof left !== typeof right) return operator === "ne";
  switch (operator) {
    case "eq":
      return left === right;
    case "ne":
      return left !== right;
    case "lt":
      return left < right;
    case "lte":
      return left <= right;
    case "gt":
      return left > right;
    case "gte":
      return left >= right;
  }
}

/** Applies a filter's condition to one cell, by the same rules as the stores. */
export function matchesFilter(cell: Cell, filter: Filter): boolean {
  if (filter.operator === "is_null") return cell === null;
  if (filter.operator === "is_not_null") return cell !== null;
  if (cell === null) return false;
  switch (filter.operator) {
    case "in":
      return filter.value.includes(cell);
    case "contains":
      return typeof cell === "string" && lower(cell).includes(lower(filter.value));
    case "starts_with":
      return typeof cell === "string" && lower(cell).startsWith(lower(filter.value));
    case "eq":
    case "ne":
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return compares(cell, filter.operator, filter.value);
  }
}

/** Lower case for A to Z alone, as the databases do it. */
function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
