import fc from "fast-check";
import { expect, it } from "vitest";
import { expose, formatOf } from "./exposition.ts";

it.each([
  [undefined, "prometheus"],
  ["", "prometheus"],
  ["*/*", "prometheus"],
  ["text/html,application/xhtml+xml,*/*;q=0.8", "prometheus"],
  ["application/openmetrics-text", "openmetrics"],
  ["Application/OpenMetrics-Text; version=1.0.0; q=0.5, text/plain;q=0.4", "openmetrics"],
  ["application/openmetrics-text;q=0.1,text/plain;q=0.9", "prometheus"],
  ["application/openmetrics-text;q=0", "prometheus"],
  ["application/openmetrics-text;q=x", "prometheus"],
  ["application/openmetrics-text;q=99", "prometheus"],
  ["application/openmetrics-textual", "prometheus"],
])("a scraper that accepts %o is answered as %s", (accept, format) => {
  expect(formatOf(accept)).toBe(format);
});

it("a header of any text is answered in one of the formats", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8_000 }), (accept) => {
      expect(["prometheus", "openmetrics"]).toContain(formatOf(accept));
    }),
  );
});

it("no label can end its line or its quotes, whatever it says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string(),
      fc.constantFrom("prometheus" as const, "openmetrics" as const),
      async (label, format) => {
        const { text } = await expose(
          [
            {
              name: "plinth_x_total",
              help: "x",
              type: "counter",
              aggregator: "sum",
              values: [{ labels: { target: label }, value: 7 }],
            },
          ],
          format,
        );

        const rows = text.split("\n").filter((row) => row !== "" && !row.startsWith("#"));
        expect(rows).toHaveLength(1);
        const [, quoted = ""] = /^plinth_x_total\{target=(".*")\} 7$/s.exec(rows[0] ?? "") ?? [];
        const unescaped = quoted
          .slice(1, -1)
          .replaceAll(/\\([\\n"])/g, (_match, escaped: string) => (escaped === "n" ? "\n" : escaped));
        expect(unescaped).toBe(label);
      },
    ),
  );
});
