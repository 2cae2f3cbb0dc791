/**
 * One spelling for all names that some file system takes for the same: without case, by Unicode's full folding as APFS
 * does it, so that the long s is an s. The dotless i stays another letter: uppercasing would make it an I. Also without
 * the joiners in an emoji, which HFS+ passes over.
 */
export function foldCase(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name.toLowerCase();
  return Array.from(name.normalize("NFC").replace(/\p{Default_Ignorable_Code_Point}/gu, ""), (character) =>
    character === "\u0131" ? character : character.toUpperCase().toLowerCase(),
  )
    .join("")
    .normalize("NFC");
}
