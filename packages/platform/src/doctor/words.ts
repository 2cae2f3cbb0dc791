/** Words of a name that are looked at; a name has 64 characters, a resource's URI may have any number. */
const maxLength = 500;

/** The words of a name in lower case: `getUserByID`, `get_user-by.id` and `get user by id` are get, user, by, id. */
export function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, maxLength)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
