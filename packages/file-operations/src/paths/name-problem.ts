/** What every temporary file of ours begins with; the grammar keeps such names from everyone else. */
export const temporaryPrefix = ".plinth-tmp-";

/** The longest name, in bytes of UTF-8, that the usual file systems take. */
const longestName = 255;

// Formats are bidirectional and zero-width characters: two names that look alike, and on HFS+ are alike.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
// Within these, joiners and variation selectors make one picture of several, such as a woman and a laptop.
const emoji = /\p{RGI_Emoji}/gv;
// A lone surrogate is written as U+FFFD, and so is a byte that is not UTF-8: different files would share a name.
const unencodable = /[\p{Cs}\p{Noncharacter_Code_Point}\uFFFD]/u;
const forbidden = /[\\:*?"<>|]/;
// Windows opens a device for these in any directory and with any extension; the last three digits are superscripts.
const reserved = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9\u00B9\u00B2\u00B3]) *(?:\.|$)/i;
// Windows gives such a name to files whose own is longer: one file under two names.
const shortName = /^(?=[^.]{1,8}(?:\.|$))[^.]+~\d+(?:\.[^.]{0,3})?$/;
const onlyDots = /^\.{3,}$/;

/**
 * What is wrong with one name of a path, or undefined. The rules are those of every platform at once, so that what is
 * written on one can be copied to another and still is the same file: see "Naming Files, Paths, and Namespaces" of
 * Windows, and HFS+'s ignorable characters.
 */
export function nameProblem(name: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (name.length > longestName || Buffer.byteLength(name) > longestName) {
    return `has a name of more than ${longestName} bytes`;
  }
  const character = forbidden.exec(name)?.[0];
  if (character === "\\") return 'has a backslash; separate names with "/"';
  if (character !== undefined) return `has the character ${character}, which is not allowed in names`;
  if (unencodable.test(name)) return "has a character that cannot be written as UTF-8";
  if (invisible.test(name) && invisible.test(name.replace(emoji, ""))) return "has a control or invisible character";
  if (/[. ]$/.test(name) && !(onlyDots.test(name) && platform !== "win32")) {
    return "has a name that ends in a dot or a space, which Windows drops";
  }
  if (reserved.test(name)) return "has a name that is reserved for a device on Windows";
  if (shortName.test(name)) return "has a name in the short form of Windows, which may mean another file";
  if (name.slice(0, temporaryPrefix.length).toLowerCase() === temporaryPrefix) {
    return `has a name that begins with ${temporaryPrefix}, which is kept for temporary files`;
  }
  return undefined;
}
