import { mean } from "simple-statistics";
import type { Table } from "../store/dataset.ts";
import { cellsOf } from "./values.ts";

/** The mean of a column's values in one calendar month. */
export interface MonthlyMean {
  /** 1 to 12. */
  month: number;
  /** The middle of the month in years, such as 2004.29: the time axis of a regression. */
  time: number;
  value: number;
}

/** Averages a column by calendar month, in time order; months without a value are left out. */
export function monthlySeries(table: Table, dateColumn: string, valueColumn: string): MonthlyMean[] {
  const values = cellsOf(table, valueColumn);
  const months = new Map<string, number[]>();
  for (const [row, date] of cellsOf(table, dateColumn).entries()) {
    const value = values[row];
    if (typeof date !== "string" || typeof value !== "number") continue;
    const key = date.slice(0, 7);
    const group = months.get(key);
    if (group) group.push(value);
    else months.set(key, [value]);
  }
  return [...months.keys()].toSorted().map((key) => {
    const [year = 0, month = 1] = key.split("-").map(Number);
    return { month, time: year + (month - 0.5) / 12, value: mean(months.get(key) ?? []) };
  });
}
