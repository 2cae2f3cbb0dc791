import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One Markdown file. */
export interface Page {
  /** Path from the repository's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface CodeBlock {
  /** The words after the fence, such as `ts` and `file=server.ts`. */
  readonly info: readonly string[];
  /** The line of its first code, counted from 1. */
  readonly line: number;
  /** Without the fence's own indentation. */
  readonly lines: readonly string[];
}

/** A link of a page to somewhere else. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** The pages of the repository: what is at its top, in `docs`, and each package's and app's own. Changelogs are left out. */
export function readPages(root: string): Page[] {
  const patterns = ["*.md", "docs/**/*.md", "packages/*/*.md", "apps/*/*.md"];
  const paths = globSync(patterns, { cwd: root }).map((path) => path.replaceAll("\\", "/"));
  return paths
    .filter((path) => !path.endsWith("CHANGELOG.md"))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** The fenced blocks of a page, in order (CommonMark 0.31, section 4.5). */
export function codeBlocksOf({ text }: Page): CodeBlock[] {
  return split(text).blocks;
}

/** The inline links and link definitions of a page; what stands in code is no link. */
export function linksOf({ text }: Page): Link[] {
  return split(text).prose.flatMap((row, index) => {
    const bare = row.replaceAll(/(`+).+?\1/g, "");
    const found = [...bare.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\s*\[[^\]]+\]:\s*<?([^\s>]+)/g)];
    return found.map(([, inline, defined]) => ({ target: inline ?? defined ?? "", line: index + 1 }));
  });
}

/** The anchors that the headings of a page get on GitHub: lower case, without punctuation, hyphens for spaces. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const row of split(text).prose) {
    const [, heading] = /^#{1,6}\s+(.+?)\s*#*$/.exec(row) ?? [];
    if (heading === undefined) continue;
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy += 1) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** A page's code, and its prose with one entry a line, empty where code stands. */
function split(text: string): { readonly blocks: CodeBlock[]; readonly prose: string[] } {
  const blocks: CodeBlock[] = [];
  const prose: string[] = [];
  let open: { readonly fence: string; readonly indent: RegExp; readonly lines: string[] } | undefined;
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    const [, indent = "", fence = "", info = ""] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(row) ?? [];
    if (open === undefined && fence === "") {
      prose.push(row);
      continue;
    }
    prose.push("");
    if (open === undefined) {
      open = { fence, indent: new RegExp(`^ {0,${indent.length}}`), lines: [] };
      blocks.push({ info: info.trim().split(/\s+/), line: index + 2, lines: open.lines });
    } else if (info.trim() === "" && fence.startsWith(open.fence)) open = undefined;
    else open.lines.push(row.replace(open.indent, ""));
  }
  return { blocks, prose };
}
