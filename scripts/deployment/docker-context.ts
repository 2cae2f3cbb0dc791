import { matchesGlob } from "node:path";

/**
 * Whether a path takes part in the build, by the rules of `.dockerignore`: the last line that matches the path or a folder
 * above it decides, and `!` takes back.
 *
 * @param ignoreFile The text of `.dockerignore`.
 * @returns A test for paths relative to the context, with `/` between names.
 */
export function dockerContext(ignoreFile: string): (path: string) => boolean {
  const rules = ignoreFile
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ keeps: line.startsWith("!"), pattern: line.replace(/^!/, "").replace(/^\/|\/$/g, "") }));
  return (path) => {
    const names = path.split("/");
    const above = names.map((_, index) => names.slice(0, index + 1).join("/"));
    const last = rules.findLast(({ pattern }) => above.some((part) => matchesGlob(part, pattern)));
    return last === undefined || last.keeps;
  };
}
