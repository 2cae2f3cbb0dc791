/** Licences that what we publish or deploy may have: they ask for a notice and no more. SPDX identifiers. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);

/** Packages with another licence, each read once. A name that ends in `*` stands for its builds for each platform. */
const READ: ReadonlyArray<readonly [name: string, licence: string, why: string]> = [
  [
    "dejavu-fonts-ttf",
    "Unknown",
    "Bitstream Vera's licence: free to use, embed and pass on; not to be sold by itself.",
  ],
  ["@resvg/resvg-js*", "MPL-2.0", "Copyleft of single files, which we use as they are."],
  ["lightningcss*", "MPL-2.0", "Copyleft of single files, which we use as they are; below vitest, never deployed."],
];

/** What `pnpm licenses list --json` prints: packages by licence. */
export type LicenceReport = Readonly<
  Record<string, readonly { readonly name: string; readonly versions: readonly string[] }[]>
>;

/**
 * Checks the licence of every package of a report.
 *
 * @returns One sentence per package whose licence nobody has allowed.
 */
export function licenceProblems(report: LicenceReport): string[] {
  return Object.entries(report).flatMap(([licence, packages]) => {
    if (isAllowed(licence)) return [];
    return packages
      .filter(({ name }) => !READ.some(([read, of]) => of === licence && matches(read, name)))
      .map(
        ({ name, versions }) =>
          `${name} ${versions.join(", ")} has the licence "${licence}": read it, then add it to licences.ts or do without.`,
      );
  });
}

/** Reads an SPDX expression of `AND`, `OR` and brackets; anything else is not allowed. */
function isAllowed(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const any = (): boolean => {
    let allowed = all();
    while (tokens[at] === "OR") {
      at += 1;
      const other = all();
      allowed ||= other;
    }
    return allowed;
  };
  const all = (): boolean => {
    let allowed = one();
    while (tokens[at] === "AND") {
      at += 1;
      const other = one();
      allowed &&= other;
    }
    return allowed;
  };
  const one = (): boolean => {
    const token = tokens[at];
    at += 1;
    if (token !== "(") return token !== undefined && ALLOWED.has(token);
    const allowed = any();
    if (tokens[at] !== ")") return false;
    at += 1;
    return allowed;
  };
  const allowed = any();
  return allowed && at === tokens.length;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*")
    ? name === pattern.slice(0, -1) || name.startsWith(`${pattern.slice(0, -1)}-`)
    : pattern === name;
}
