import { parseSync, Visitor } from "oxc-parser";

/**
 * Checks that a file which uses `any` says why: one comment in it mentions `any`. One is enough, because where a file
 * needs several they have one reason, such as the variance of a definition's handler.
 *
 * @param path The file's name.
 * @param source The file's text.
 * @returns One sentence with the first unexplained line; none when all is well.
 */
export function explainedAnyProblems(path: string, source: string): string[] {
  const { program, comments } = parseSync(path, source);
  if (comments.some(({ value }) => /\bany`|^\s*any:/.test(value))) return [];
  const found: number[] = [];
  new Visitor({
    TSAnyKeyword({ start }) {
      found.push(start);
    },
  }).visit(program);
  if (found[0] === undefined) return [];
  return [`${path}:${source.slice(0, found[0]).split("\n").length} uses \`any\`, and no comment in the file says why.`];
}
