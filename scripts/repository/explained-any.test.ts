import { expect, test } from "vitest";
import { explainedAnyProblems } from "./explained-any.ts";

test.each([
  ["a comment that names it", "// `any`: the schema has checked it.\ntype A = (value: any) => void;"],
  ["one comment for several", "type A = any; // any: variance.\ntype B = any;"],
  ["no `any` but in a text", 'export const text = "any"; // How many?'],
])("A file with %s passes", (_, source) => {
  expect(explainedAnyProblems("a.ts", source)).toEqual([]);
});

test("An `any` among comments about something else is reported with its line", () => {
  const source = "// The many reasons, of any kind.\ntype A = string;\nlet b: Map<string, any>;\n";

  expect(explainedAnyProblems("a.ts", source)).toEqual(["a.ts:3 uses `any`, and no comment in the file says why."]);
});
