import { readFile, stat } from "node:fs/promises";
import type { ExaminedComponent, Examination } from "../examine.ts";
import { type ModuleScan, type Parse, scanModule } from "../module-scan.ts";
import type { Observation, Rule } from "../rule.ts";
import { plainText, showText } from "../show-text.ts";

/** Bytes of a source file that is still read; one that is larger was generated. */
const largestFile = 1_048_576;
/** Files at most. */
const mostFiles = 2_000;

export const moduleState: Rule = {
  id: "module-state",
  severity: "warning",
  finds: "a variable of a component's module that functions change: a `let`, or a `const` map, set, list or object",
  why:
    "It outlives the call and is shared by all clients: one user's data reaches another, it grows without bound, and a second replica " +
    "has its own. Found by a look at the file in which the component was defined, other files are not followed. A variable that is only " +
    "set once by `??=` is left alone. Needs the package `oxc-parser` (optional) and the source file; without, an info says so.",
  remedy:
    "Move it to a service (docs/guides/services.md) or a store with limits; what belongs to one call, into context.state.",
  async *check(examination) {
    const files = filesOf(examination);
    if (files.size === 0) return;
    const parse = await loadParser();
    if (parse === undefined) {
      const message = "State between calls was not looked for: the optional package oxc-parser is not installed.";
      yield { severity: "info", message };
      return;
    }
    let unread = Math.max(0, files.size - mostFiles);
    for (const [path, components] of [...files].slice(0, mostFiles)) {
      const source = await readSource(path);
      if (source === undefined) unread += 1;
      else yield* observe(scanModule(path, source, parse), components);
    }
    if (unread > 0) {
      const message = `State between calls was not looked for in ${unread} of ${files.size} files, which could not be read.`;
      yield { severity: "info", message };
    }
  },
};

/** The team's own files; those of packages are not theirs to change. */
function filesOf({ components }: Examination): ReadonlyMap<string, readonly ExaminedComponent[]> {
  const files = new Map<string, ExaminedComponent[]>();
  for (const component of components) {
    const { path } = component.location ?? {};
    if (path === undefined || /[\\/]node_modules[\\/]/.test(path)) continue;
    const known = files.get(path);
    if (known === undefined) files.set(path, [component]);
    else known.push(component);
  }
  return files;
}

function* observe(scan: ModuleScan, components: readonly ExaminedComponent[]): Generator<Observation> {
  for (const { name, what, line, writes } of scan) {
    // The component whose definition has the write in it, or the first of the file when a function beside it writes.
    const owner = components.find(({ location }) => writes.some(({ within }) => within.includes(location?.line ?? -1)));
    const component = owner ?? components[0];
    const lines = [...new Set(writes.map((write) => write.line))].slice(0, 4).join(", ");
    const message = `${showText(name)}, ${what} of its module (line ${line}), is changed by functions (line ${lines}).`;
    yield { ...(component && { component }), message: plainText(message, 300) };
  }
}

async function loadParser(): Promise<Parse | undefined> {
  try {
    return (await import("oxc-parser")).parseSync;
  } catch {
    return undefined;
  }
}

async function readSource(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= largestFile ? await readFile(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
