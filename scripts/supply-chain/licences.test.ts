import { expect, test } from "vitest";
import { licenceProblems } from "./licences.ts";

function reportOf(licence: string, name = "left-pad"): Record<string, { name: string; versions: string[] }[]> {
  return { [licence]: [{ name, versions: ["1.0.0"] }] };
}

test.each(["MIT", "MIT OR GPL-3.0-only", "(MIT AND Zlib)", "(GPL-2.0-only OR (MIT AND ISC))"])(
  "%s is allowed",
  (licence) => {
    expect(licenceProblems(reportOf(licence))).toEqual([]);
  },
);

test.each(["GPL-3.0-only", "MIT AND GPL-3.0-only", "Unknown", "", "MIT)", "(MIT", "MIT GPL-3.0-only", "constructor"])(
  "%j is not allowed",
  (licence) => {
    expect(licenceProblems(reportOf(licence))).toEqual([
      `left-pad 1.0.0 has the licence "${licence}": read it, then add it to licences.ts or do without.`,
    ]);
  },
);

test("A licence that was read for one package is not allowed for another", () => {
  expect(licenceProblems(reportOf("MPL-2.0", "@resvg/resvg-js-linux-x64-gnu"))).toEqual([]);
  expect(licenceProblems(reportOf("MPL-2.0", "@resvg/resvg-jsx"))).toHaveLength(1);
  expect(licenceProblems(reportOf("GPL-3.0-only", "@resvg/resvg-js"))).toHaveLength(1);
});
