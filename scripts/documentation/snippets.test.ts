import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkSnippets } from "./check-snippets.ts";
import { linkProblems } from "./link-problems.ts";
import { readPages, type Page } from "./markdown.ts";

const root = join(import.meta.dirname, "../..");
const pages = readPages(root);

test("Every TypeScript block of the documentation compiles against the sources", async () => {
  const { count, problems } = await checkSnippets(root, pages, ".plinth/snippets");

  expect(problems).toEqual([]);
  expect(count).toBeGreaterThan(40);
}, 60_000);

test("Every relative link of the documentation leads to a file and a heading that exist", () => {
  expect(pages.map(({ path }) => path)).toContain("README.md");
  expect(linkProblems(root, pages)).toEqual([]);
});

test("A block that does not compile is reported with its page and line; blocks can continue and import each other", async () => {
  onTestFinished(() => rmSync(join(root, ".plinth/snippets-checked"), { recursive: true, force: true }));
  const page: Page = {
    path: "docs/page.md",
    text: fenced(`# Page
~ts file=src/one.ts
export const one: number = 1;
~
~ts
import { one } from "./src/one.ts";
import { defineTool } from "@plinth/core";
~
1. In a list:

   ~ts continues
   const two: string = one;
   ~
~ts fragment
not even ( TypeScript
~
~ts sometimes
~
~typescript
~`),
  };

  const { count, problems } = await checkSnippets(root, [page], ".plinth/snippets-checked");

  expect(count).toBe(3);
  expect(problems).toEqual([
    'docs/page.md:17: "ts sometimes" means nothing here; use ts, ts continues, ts file=NAME or ts fragment.',
    'docs/page.md:19: mark the block "ts"; one marked "typescript" is not compiled.',
    "docs/page.md:12: error TS2322: Type 'number' is not assignable to type 'string'.",
  ]);
}, 60_000);

test("A link to a missing file or heading is reported; links in code and to other sites are not", () => {
  const page: Page = {
    path: "docs/page.md",
    text: fenced(`# What \`it\` is, really?
## Twice
## Twice
[a](#what-it-is-really) [b](#twice-1) [c](../LICENSE) [d](../docs) [e](https://example.com/x) \`[f](gone.md)\`
[g](gone.md), [h](#thrice), [i](../../outside.md)
~md
[j](gone.md)
~
[k]: gone-too.md`),
  };

  expect(linkProblems(root, [page])).toEqual([
    "docs/page.md:5: there is no docs/gone.md.",
    "docs/page.md:5: docs/page.md has no heading for #thrice.",
    "docs/page.md:5: there is no ../outside.md.",
    "docs/page.md:9: there is no docs/gone-too.md.",
  ]);
});

/** Fences are written as `~` above, because three backticks would end a template. */
function fenced(text: string): string {
  return text.replaceAll("~", "```");
}
