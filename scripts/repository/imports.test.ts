import { expect, test } from "vitest";
import { importsOf } from "./imports.ts";

test("Every form of import is found, and whether the compiler erases it", () => {
  const source = `
    import "side-effect";
    import value, { type A } from "mixed";
    import type { B } from "type-statement";
    import { type C } from "type-names";
    export * from "star";
    export type { D } from "type-export";
    const late = await import("dynamic");
    type E = import("type-expression").E;
  `;

  const imports = importsOf("example.ts", source);

  expect(Object.fromEntries(imports.map(({ specifier, typeOnly }) => [specifier, typeOnly]))).toEqual({
    "side-effect": false,
    mixed: false,
    "type-statement": true,
    "type-names": true,
    star: false,
    "type-export": true,
    dynamic: false,
    "type-expression": true,
  });
});

test("What only looks like an import is none", () => {
  const source = `// import "comment";\nconst text = 'import "string"'; const pattern = /import "regex"/; export { text, pattern };`;

  expect(importsOf("example.ts", source)).toEqual([]);
});

test("A file that does not parse is refused with its name", () => {
  expect(() => importsOf("broken.ts", "import {")).toThrow("broken.ts does not parse");
});
