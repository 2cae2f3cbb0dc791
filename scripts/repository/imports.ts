import { parseSync, Visitor } from "oxc-parser";

/** One import of a source file, in whatever form it is written. */
export interface Import {
  /** What stands between the quotes, such as `zod` or `../errors/kit-error.ts`. */
  readonly specifier: string;
  /** Whether the compiler erases it: `import type`, `export type`, or `import("x").T` in a type. */
  readonly typeOnly: boolean;
}

/**
 * Lists what a TypeScript file imports: statements, re-exports, `import()` with a literal, and `import("x").T` types.
 *
 * @param path The file's name, for messages and to tell TypeScript from JavaScript.
 * @param source The file's text.
 * @returns One entry per import, in source order within each form.
 * @throws Error when the file does not parse.
 */
export function importsOf(path: string, source: string): Import[] {
  const { program, module, errors } = parseSync(path, source);
  if (errors[0] !== undefined) throw new Error(`${path} does not parse: ${errors[0].message}`);

  const imports: Import[] = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  for (const { entries } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest?.value;
    if (from !== undefined) imports.push({ specifier: from, typeOnly: entries.every((entry) => entry.isType) });
  }
  new Visitor({
    ImportExpression({ source: specifier }) {
      if (specifier.type === "Literal" && typeof specifier.value === "string") {
        imports.push({ specifier: specifier.value, typeOnly: false });
      }
    },
    TSImportType({ source: specifier }) {
      imports.push({ specifier: specifier.value, typeOnly: true });
    },
  }).visit(program);
  return imports;
}
