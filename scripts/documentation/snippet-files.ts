import { posix } from "node:path";
import { codeBlocksOf, type CodeBlock, type Page } from "./markdown.ts";

/** The modules that the TypeScript blocks of one page make. */
export interface SnippetFiles {
  /** Code by path inside the page's folder. Each line stands where it stands in the page, so that positions are the page's. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Blocks that are compiled. */
  readonly count: number;
  /** One sentence for each block whose info string cannot be followed. */
  readonly problems: readonly string[];
}

/** Words for TypeScript that the checker does not look for; a block marked so would go unchecked. */
const otherNames: ReadonlySet<string> = new Set(["typescript", "tsx", "mts", "javascript", "js", "mjs"]);

/**
 * Makes modules of a page's blocks. Of a block's info string the first word is `ts`, and one more may follow: `continues`
 * appends to the block before it, `file=NAME` names the module (blocks of one name append), `fragment` is left out.
 */
export function toSnippetFiles(page: Page): SnippetFiles {
  const files = new Map<string, string[]>();
  const problems: string[] = [];
  let count = 0;
  let current: string | undefined;

  for (const block of codeBlocksOf(page)) {
    const [language = "", option, ...rest] = block.info;
    const at = `${page.path}:${block.line - 1}`;
    if (otherNames.has(language)) {
      problems.push(`${at}: mark the block "ts"; one marked "${language}" is not compiled.`);
    }
    if (language !== "ts" || option === "fragment") continue;
    const name: string | undefined = nameOf(block, option, current);
    if (rest.length > 0 || name === undefined) {
      problems.push(
        `${at}: "${block.info.join(" ")}" means nothing here; use ts, ts continues, ts file=NAME or ts fragment.`,
      );
      continue;
    }
    count += 1;
    current = name;
    const lines = files.get(name) ?? [];
    while (lines.length < block.line - 1) lines.push("");
    lines.push(...block.lines);
    files.set(name, lines);
  }
  return { files, count, problems };
}

function nameOf({ line }: CodeBlock, option: string | undefined, previous: string | undefined): string | undefined {
  if (option === undefined) return `line-${line}.ts`;
  if (option === "continues") return previous;
  const [, name] = /^file=([\w./-]+\.ts)$/.exec(option) ?? [];
  return name === undefined || posix.normalize(name) !== name || name.startsWith("..") ? undefined : name;
}
