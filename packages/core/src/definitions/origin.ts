import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where definitions were made, as V8 took it down; the text is only written when somebody asks. */
const origins = new WeakMap<object, { readonly stack?: string }>();

/** Remembers the line that called `definer`, for messages about two definitions that clash. About a microsecond. */
export function recordOrigin(definition: object, definer: (...args: never[]) => unknown): void {
  const holder: { readonly stack?: string } = {};
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, definer);
  Error.stackTraceLimit = before;
  origins.set(definition, holder);
}

/**
 * Where a definition was made, as `src/tools/search.ts:12`, or `undefined` if it was not made by a `define` function.
 */
export function originOf(definition: object): string | undefined {
  const location = locationOf(definition);
  return location && `${withoutMachine(location.path)}:${location.line}`;
}

/** The file and the line where a definition was made, for tools that read it. The path is the machine's own. */
export function locationOf(definition: object): { readonly path: string; readonly line: number } | undefined {
  const frame = origins.get(definition)?.stack?.split("\n")[1];
  const [, location, line] = /(?:at |\()([^()\s]*):(\d+):\d+\)?$/.exec(frame ?? "") ?? [];
  if (location === undefined) return undefined;
  return { path: location.startsWith("file:") ? fileURLToPath(location) : location, line: Number(line) };
}

/**
 * A path that says nothing about the machine: from the package in `node_modules`, from the working directory, or its
 * end.
 */
function withoutMachine(path: string): string {
  const parts = path.split(/[\\/]/);
  const modules = parts.lastIndexOf("node_modules");
  if (modules !== -1) return parts.slice(modules + 1).join("/");
  const local = relative(process.cwd(), path);
  return local.startsWith("..") ? parts.slice(-2).join("/") : local.split(sep).join("/");
}
