import type { Era } from "../workloads/workload.ts";
import type { BenchCase } from "./case.ts";
import { httpCase } from "./http-case.ts";

/** The legacy era differs in its wire alone, so it need not be measured at every length. */
const catalogSizes: Readonly<Record<Era, readonly number[]>> = {
  modern: [1, 10, 50, 200, 1_000],
  legacy: [1, 50, 1_000],
};
const eraTitles: Readonly<Record<Era, string>> = { modern: "2026-07-28", legacy: "2025-11-25, stateless" };

/** `tools/call` of an echo among more and more tools, in both eras. */
export const callCases: readonly BenchCase[] = (["modern", "legacy"] as const).flatMap((era) =>
  catalogSizes[era].map((tools) =>
    httpCase({
      name: caseName("call", { era, size: tools }),
      title: `tools/call, ${tools.toLocaleString("en")} ${tools === 1 ? "tool" : "tools"} (${eraTitles[era]})`,
      about: "An echo of a short message: one string argument, one text block in the result.",
      workload: { era, tools },
      quick: tools === 50,
    }),
  ),
);

/** A call whose arguments are worth validating, in both eras. */
export const schemaCases: readonly BenchCase[] = (["modern", "legacy"] as const).map((era) =>
  httpCase({
    name: era === "modern" ? "schema" : "legacy-schema",
    title: `tools/call with a nested schema of 25 fields (${eraTitles[era]})`,
    about: "An order with a customer, an address and three lines: enums, formats, bounds, arrays.",
    workload: { era, tools: 1, called: "create_order" },
  }),
);

/** `tools/list`; the reference writes the same bytes. */
export const listCases: readonly BenchCase[] = (["modern", "legacy"] as const).flatMap((era) =>
  (era === "modern" ? [50, 200] : [200]).map((tools) =>
    httpCase({
      name: caseName("list", { era, size: tools }),
      title: `tools/list of ${tools} tools (${eraTitles[era]})`,
      about: "Every tool with its JSON Schema in one page. The reference writes the same bytes without making them.",
      workload: { era, tools, operation: "list" },
      needs: ["list"],
      quick: tools === 200 && era === "modern",
    }),
  ),
);

/** The price of middleware that does nothing. */
export const middlewareCases: readonly BenchCase[] = [0, 5, 10].map((middleware) =>
  httpCase({
    name: `middleware-${middleware}`,
    title: `tools/call through ${middleware} middleware (${eraTitles.modern})`,
    about: "An echo among 50 tools; each middleware calls the next and does nothing else. The reference has none.",
    workload: { era: "modern", middleware },
    needs: ["middleware"],
  }),
);

/** Small, large and very large results. */
export const resultCases: readonly BenchCase[] = [1, 64, 1_024].map((kilobytes) =>
  httpCase({
    name: `result-${kilobytes}k`,
    title: `tools/call with a result of ${kilobytes === 1_024 ? "1 MB" : `${kilobytes} KB`} (${eraTitles.modern})`,
    about: "One text block of that size, with quotes and line ends to escape.",
    workload: { era: "modern", tools: 1, called: "make_report", reportBytes: kilobytes * 1_024 },
  }),
);

/** A call that answers with an event stream. */
export const progressCases: readonly BenchCase[] = (["modern", "legacy"] as const).map((era) =>
  httpCase({
    name: era === "modern" ? "progress" : "legacy-progress",
    title: `tools/call with three progress notifications (${eraTitles[era]})`,
    about: "The answer is an event stream of three notifications and the result.",
    workload: { era, tools: 1, called: "run_task" },
    needs: ["progress"],
    quick: era === "modern",
  }),
);

function caseName(kind: string, { era, size }: { readonly era: Era; readonly size: number }): string {
  return `${era === "modern" ? "" : "legacy-"}${kind}-${size}`;
}
