/** The names of metrics in a PromQL expression. */
export function metricNamesIn(expression: string): string[] {
  // Without what stands in quotes, in braces, in brackets and after `by`.
  const bare = expression
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on)\s*\([^)]*\)/g, " ");
  return [...new Set(bare.match(/\b(?:plinth|nodejs|process)_\w+|\bup\b/g))];
}
