import { afterEach, expect, test, vi } from "vitest";
import { countingTool, limits, roundingTool } from "../fixtures/counting-tool.ts";
import { foundBy } from "../fixtures/found-by.ts";
import { statelessTool } from "../fixtures/stateless-tool.ts";

afterEach(() => {
  vi.doUnmock("oxc-parser");
  vi.resetModules();
});

test("Finds the variables of a module that handlers change, at the tool that does it", async () => {
  const components = [countingTool, roundingTool];

  const found = await foundBy("module-state", components);

  expect(found).toEqual([
    expect.stringMatching(
      /^warning count_visits: "calls", a let of its module \(line 3\), is changed by functions \(line 14\)/,
    ),
    expect.stringMatching(/^warning count_visits: "visitors", a Map of its module/),
    expect.stringMatching(/^warning count_visits: "limits", an object of its module/),
    expect.stringMatching(/^warning count_rounds: "rounds", a let of its module/),
  ]);
  expect(limits.most).toBe(3);
});

test("Leaves what no function changes alone, what is loaded once, and variables of the same name inside functions", async () => {
  const components = [statelessTool];

  const found = await foundBy("module-state", components);

  expect(found).toEqual([]);
});

test("Says that it did not look when the parser is not installed", async () => {
  vi.doMock("oxc-parser", () => {
    throw new Error("Cannot find package");
  });
  vi.resetModules();
  const { foundBy } = await import("../fixtures/found-by.ts");
  const { countingTool } = await import("../fixtures/counting-tool.ts");

  const found = await foundBy("module-state", [countingTool]);

  expect(found).toEqual([
    "info shop: State between calls was not looked for: the optional package oxc-parser is not installed.",
  ]);
});
