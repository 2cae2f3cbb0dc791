import type { Findings } from "./findings.ts";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const format = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });

/** Says in sentences what an analysis found and is worth knowing; findings too weak to mean anything are left out. */
export function toInsights(analysis: Findings): string[] {
  return [
    `${format.format(analysis.rowCount)} records were analyzed.`,
    ...missingValues(analysis),
    ...skewedColumns(analysis),
    ...strongCorrelations(analysis),
    ...clearTrends(analysis),
    ...seasons(analysis),
    ...extremes(analysis),
  ];
}

function missingValues({ summary, rowCount }: Findings): string[] {
  return summary
    .filter(({ missing }) => missing / rowCount >= 0.2)
    .map(({ column, missing }) => `${percent.format(missing / rowCount)} of the records have no "${column}".`);
}

function skewedColumns({ summary }: Findings): string[] {
  return summary.flatMap((column) => {
    if (column.kind !== "number" || column.median <= 0 || column.mean < 2 * column.median) return [];
    const [average, middle] = [format.format(column.mean), format.format(column.median)];
    return [`A few large values dominate "${column.column}": its mean is ${average}, its median only ${middle}.`];
  });
}

function strongCorrelations({ patterns }: Findings): string[] {
  return patterns.correlations
    .filter(({ coefficient }) => Math.abs(coefficient) >= 0.5)
    .slice(0, 5)
    .map(({ columns: [left, right], coefficient, pairs }) => {
      const relation = coefficient > 0 ? "rise together" : "move in opposite directions";
      return `"${left}" and "${right}" ${relation} (r = ${coefficient.toFixed(2)} over ${format.format(pairs)} records).`;
    });
}

function clearTrends({ patterns }: Findings): string[] {
  return patterns.trends
    .filter(({ direction }) => direction !== "unclear")
    .map(({ column, direction, slopePerYear, rSquared, months: count }) => {
      const change = format.format(Math.abs(slopePerYear));
      return `The monthly mean of "${column}" is ${direction} by about ${change} a year (R² = ${rSquared.toFixed(2)}, ${count} months).`;
    });
}

function seasons({ patterns }: Findings): string[] {
  return patterns.seasonality
    .filter(({ seasonal }) => seasonal)
    .map(({ column, strength, highestMonth, lowestMonth }) => {
      const [highest, lowest] = [months[highestMonth - 1], months[lowestMonth - 1]];
      return `"${column}" follows the seasons: ${highest} is highest and ${lowest} lowest; the month explains ${percent.format(strength)} of the variation around the trend.`;
    });
}

function extremes({ anomalies, anomalyThreshold }: Findings): string[] {
  return anomalies.flatMap(({ column, count, farthest: [farthest] }) => {
    if (!farthest) return [];
    const values = count === 1 ? "1 value" : `${format.format(count)} values`;
    const distance = format.format(Math.abs(farthest.zScore));
    return [
      `"${column}" has ${values} beyond ${anomalyThreshold} standard deviations; the farthest is ${format.format(farthest.value)}, ${distance} away from the mean.`,
    ];
  });
}
