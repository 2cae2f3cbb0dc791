import type { Selection } from "./dataset-store.ts";
import { type Column, columnIndex } from "./dataset.ts";
import type { Filter, Scalar } from "./filter.ts";

/**
 * How a database reads one cell of a record. A record is a JSON array in the column `cells`; each expression is the
 * SQL for the cell at `index` if it has that type, and for NULL if it has another.
 */
export interface SqlDialect {
  number(index: number): string;
  text(index: number): string;
  /** As the text `true` or `false`. */
  boolean(index: number): string;
  /** The placeholder of the n-th parameter, counted from 1. */
  parameter(position: number, type: "number" | "integer" | "text"): string;
  /** The place of one text in another, counted from 1; 0 when it is not there. */
  position(text: string, part: string): string;
}

/** SQL text and the values of its parameters. */
export interface SqlStatement {
  text: string;
  parameters: (string | number)[];
}

/**
 * Writes the SQL that reads a selection of a data set's records.
 *
 * Nothing that comes from outside becomes SQL text: a column name is looked up among the data set's columns and only
 * its index is written, a number of ours; every value is a parameter.
 *
 * @throws DataError `INVALID` for an unknown column.
 */
export function selectSql(
  id: string,
  columns: readonly Column[],
  selection: Selection,
  dialect: SqlDialect,
): SqlStatement {
  const { text: where, parameters } = whereSql(id, columns, selection.filters ?? [], dialect);
  const order = (selection.sort ?? []).flatMap(({ column, direction }) => {
    const index = columnIndex(columns, column);
    const keys = [dialect.number(index), dialect.text(index), dialect.boolean(index)];
    return keys.map((key) => `${key} ${direction === "descending" ? "DESC" : "ASC"} NULLS LAST`);
  });
  parameters.push(selection.limit ?? Number.MAX_SAFE_INTEGER, selection.offset ?? 0);
  const limit = dialect.parameter(parameters.length - 1, "integer");
  const offset = dialect.parameter(parameters.length, "integer");
  const orderBy = [...order, "position"].join(", ");
  return { text: `SELECT cells FROM record ${where} ORDER BY ${orderBy} LIMIT ${limit} OFFSET ${offset}`, parameters };
}

/** Writes the SQL that counts the records which meet the filters. Throws like {@link selectSql}. */
export function countSql(
  id: string,
  columns: readonly Column[],
  filters: readonly Filter[],
  dialect: SqlDialect,
): SqlStatement {
  const { text: where, parameters } = whereSql(id, columns, filters, dialect);
  return { text: `SELECT count(*) AS count FROM record ${where}`, parameters };
}

const comparisons = { eq: "=", lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

function whereSql(
  id: string,
  columns: readonly Column[],
  filters: readonly Filter[],
  dialect: SqlDialect,
): SqlStatement {
  const parameters: (string | number)[] = [];

  function parameter(value: string | number): string {
    parameters.push(value);
    return dialect.parameter(parameters.length, typeof value === "number" ? "number" : "text");
  }

  function compare(index: number, sign: string, value: Scalar): string {
    if (typeof value === "boolean") return `${dialect.boolean(index)} ${sign} ${parameter(String(value))}`;
    const cell = typeof value === "number" ? dialect.number(index) : dialect.text(index);
    return `${cell} ${sign} ${parameter(value)}`;
  }

  function condition(filter: Filter): string {
    const index = columnIndex(columns, filter.column);
    switch (filter.operator) {
      case "is_null":
        return `cells ->> ${index} IS NULL`;
      case "is_not_null":
        return `cells ->> ${index} IS NOT NULL`;
      case "in":
        return `(${filter.value.map((value) => compare(index, "=", value)).join(" OR ")})`;
      case "ne":
        return `(cells ->> ${index} IS NOT NULL AND (${compare(index, "=", filter.value)}) IS NOT TRUE)`;
      case "contains":
        return `${dialect.position(dialect.text(index), parameter(filter.value))} > 0`;
      case "starts_with":
        return `${dialect.position(dialect.text(index), parameter(filter.value))} = 1`;
      default:
        return compare(index, comparisons[filter.operator], filter.value);
    }
  }

  const conditions = [`dataset_id = ${parameter(id)}`, ...filters.map(condition)];
  return { text: `WHERE ${conditions.join(" AND ")}`, parameters };
}
