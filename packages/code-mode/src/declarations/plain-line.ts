/**
 * Text from a definition as one line that shows all it holds: no control characters or line breaks, nothing that turns
 * the reading direction or is invisible (where instructions for a model could hide), no comment end, and not too long.
 */
export function plainLine(text: string, maxCharacters: number): string {
  const visible = text
    .slice(0, maxCharacters * 4)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, "")
    .replaceAll("*/", "* /")
    .trim();
  if (visible.length <= maxCharacters) return visible;
  // Not half of a character that takes two.
  return `${visible
    .slice(0, maxCharacters)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd()}...`;
}
