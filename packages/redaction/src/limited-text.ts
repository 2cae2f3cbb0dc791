/** No secret is longer, so none can stand half in and half out of what is shown of a text. */
const longestSecret = 4_096;

/** A text without secrets, of at most `length` characters and a note that it was cut. */
export function limitedText(text: string, length: number, withoutSecrets: (text: string) => string): string {
  const room = length + longestSecret;
  if (text.length <= room) return cut(withoutSecrets(text), length, text.length);
  // A secret that is cut here shows its first half at the end, which is not shown.
  const clean = withoutSecrets(text.slice(0, room));
  return cut(clean, Math.max(0, Math.min(length, clean.length - longestSecret)), text.length);
}

function cut(clean: string, length: number, originalLength: number): string {
  return clean.length <= length ? clean : `${clean.slice(0, length)}... (of ${originalLength} characters)`;
}
