import type { ChildProgram } from "../../child-program.ts";

/** A program as it is inside the sandbox, and what is to be mounted for it. */
export interface RelocatedProgram extends Omit<ChildProgram, "reads"> {
  readonly mounts: readonly (readonly [from: string, to: string])[];
}

/** Libraries here are found by the loader itself, wherever the binary is. */
const systemLibraries = /^\/(?:usr\/)?lib/;

/**
 * Moves everything that a program reads to neutral places: Python sees where its interpreter is (`sys.executable`, stacks),
 * and paths of the host tell who runs it and where. Only a `node` that finds libraries from its own place stays there.
 */
export function relocate(program: ChildProgram, libraries: readonly string[]): RelocatedProgram {
  const { node, nodeOptions, file, args, reads } = program;
  const newNode = libraries.every((path) => systemLibraries.test(path)) ? "/sandbox/node" : node;
  const moved = reads.map((path, index) => [path, `/sandbox/${index}`] as const);
  // The innermost first: one may lie in another.
  const order = moved.toSorted(([first], [second]) => second.length - first.length);
  const inText = (text: string): string =>
    order.reduce((rest, [from, to]) => rest.replaceAll(JSON.stringify(from).slice(1, -1), to), text);
  const inPath = (path: string): string => {
    const found = order.find(([from]) => path === from || path.startsWith(`${from}/`));
    return found === undefined ? path : found[1] + path.slice(found[0].length);
  };
  return {
    node: newNode,
    nodeOptions,
    file: inPath(file),
    args: args.map(inText),
    mounts: [[node, newNode], ...moved],
  };
}
