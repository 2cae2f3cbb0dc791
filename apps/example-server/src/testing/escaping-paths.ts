/** Paths that lead out of a workspace, or try to; `outside` is the folder around it, with a file `secret.txt`. */
export function escapingPaths(outside: string): readonly string[] {
  return [
    "../secret.txt",
    "../../etc/passwd",
    "notes/../../secret.txt",
    "./../secret.txt",
    "..\\secret.txt",
    "%2e%2e/secret.txt\0",
    `${outside}/secret.txt`,
    "/etc/passwd",
    "//etc/passwd",
    "C:\\Windows\\win.ini",
    "file:///etc/passwd",
    "link-to-file",
    "link-to-folder/secret.txt",
    "CON",
  ];
}
