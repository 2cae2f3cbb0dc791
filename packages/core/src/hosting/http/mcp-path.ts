/** One segment that stands for any name, such as `{tenant}`. */
const placeholder = /^\{[A-Za-z][\w-]*\}$/;

/** What is wrong with a path, as the end of a sentence; `undefined` when it is right. */
export function pathProblem(path: string): string | undefined {
  return /^\/[^?#\s]*$/.test(path) ? undefined : 'must start with "/" and have no query';
}

/** The same for the path of the MCP endpoint. */
export function mcpPathProblem(path: string): string | undefined {
  const problem = pathProblem(path);
  if (problem !== undefined) return problem;
  const odd = path.split("/").some((segment) => /[{}]/.test(segment) && !placeholder.test(segment));
  return odd ? 'has braces; a segment that stands for a name is written like "/{tenant}/"' : undefined;
}

/**
 * Makes the test whether a request is for MCP. A segment in braces matches any segment that is not empty; what it was stands
 * in the URL, for middleware to read. Nothing is decoded, so that one path has one spelling.
 */
export function mcpPathTest(path: string): (requested: string) => boolean {
  const wanted = path.split("/");
  if (!wanted.some((segment) => placeholder.test(segment))) return (requested) => requested === path;
  return (requested) => {
    const segments = requested.split("/");
    return (
      segments.length === wanted.length &&
      wanted.every((segment, index) =>
        placeholder.test(segment) ? segments[index] !== "" : segment === segments[index],
      )
    );
  };
}
