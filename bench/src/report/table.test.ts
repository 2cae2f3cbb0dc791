import { expect, it } from "vitest";
import type { CaseResult } from "./results.ts";
import { renderTable } from "./table.ts";

const spread = (median: number): { median: number; min: number; max: number; mad: number } => ({
  median,
  min: median - 1,
  max: median + 1,
  mad: 0.5,
});
const result: CaseResult = {
  name: "call-1",
  title: "one call",
  about: "A call.",
  date: "2026-11-20T00:00:00.000Z",
  metrics: [{ key: "cpu", title: "CPU", unit: "µs" }],
  reference: "node",
  outcomes: [
    { contestant: "slow", spreads: { cpu: spread(1234.5) }, ratio: spread(41.15) },
    { contestant: "node", spreads: { cpu: spread(30) }, ratio: spread(1) },
    { contestant: "absent", reason: "serves HTTP alone\nand more" },
  ],
};

it("puts the cheapest first, and those without a figure last with the first line of their reason", () => {
  const table = renderTable(result);

  expect(table.split("\n")).toEqual([
    "call-1: one call",
    "        cpu µs        spread  x node",
    "  node      30        29..31    1.00",
    "  slow   1,235  1,234..1,236   41.15",
    "  absent: serves HTTP alone",
  ]);
});
