import { locate } from "../directories/locate.ts";
import { FileError } from "../errors/file-error.ts";
import { notFound } from "../errors/state-errors.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext, RootMode } from "../root-context.ts";
import { assertDirectory } from "./open-file.ts";

/** The context of a directory as a root of its own. */
export async function openSubtree(context: RootContext, path: ParsedPath, mode: RootMode): Promise<RootContext> {
  if (mode === "read-write" && context.mode === "read-only") {
    throw new FileError("read-only", "A root for reading only cannot have a part that may be written to", {
      path: path.text,
    });
  }
  const { tree } = context;
  const { found, names, close } = await locate(tree, path);
  try {
    if (found === undefined) throw notFound(path.text);
    assertDirectory(found.stats, path);
    return {
      ...context,
      mode,
      tree: {
        ...tree,
        // A hold of its own, which lasts longer than what located it.
        root: await tree.backend.find(found, "."),
        realPath: [tree.realPath, ...names].join("/"),
        prefix: [...tree.prefix, ...names],
      },
    };
  } finally {
    close();
  }
}
