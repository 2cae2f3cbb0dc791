import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { anchorsOf, linksOf, type Page } from "./markdown.ts";

/**
 * Checks that the relative links of pages lead to a file or folder of the repository and, with a `#`, to a heading of it.
 * Addresses of other sites are not asked for: this runs without a network.
 *
 * @param root The repository's folder.
 * @param pages The pages; anchors are looked up in these alone.
 * @returns One line for each link that leads nowhere, with its page and line.
 */
export function linkProblems(root: string, pages: readonly Page[]): string[] {
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));
  return pages.flatMap((page) =>
    linksOf(page).flatMap(({ target, line }) => {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
      const [path = "", anchor] = target.split("#", 2);
      const file = path === "" ? page.path : posix.join(posix.dirname(page.path), decodeURI(path));
      const at = `${page.path}:${line}`;
      const known = anchors.get(file);
      if (known === undefined && (file.startsWith("..") || !existsSync(join(root, file)))) {
        return [`${at}: there is no ${file}.`];
      }
      if (anchor === undefined || known?.has(anchor) === true) return [];
      return [`${at}: ${file} has no heading for #${anchor}.`];
    }),
  );
}
