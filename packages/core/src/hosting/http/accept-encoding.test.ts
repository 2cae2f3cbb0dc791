import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseEncoding, type ContentEncoding } from "./accept-encoding.ts";

const all: readonly ContentEncoding[] = ["zstd", "br", "gzip"];

test.for([
  [undefined, undefined],
  ["", undefined],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["GZIP", "gzip"],
  ["gzip, deflate", "gzip"],
  ["gzip, deflate, br, zstd", "zstd"],
  ["gzip;q=1.0, br;q=0.9", "gzip"],
  ["br ; Q=0.5 ,\tgzip;q=0.4", "br"],
  ["*", "zstd"],
  ["zstd;q=0, *", "br"],
  ["*;q=0", undefined],
  ["gzip;q=0", undefined],
  ["gzip;q=0.5, identity", undefined],
  ["gzip, identity", "gzip"],
  ["gzip;q=0.1, *;q=0.5, br;q=0, zstd;q=0", undefined],
  ["identity;q=0", undefined],
  ["identity;q=0, gzip;q=0.001", "gzip"],
  ["deflate, compress", undefined],
  ["gzip;q=2, br;q=x, zstd;level=3", undefined],
  ["gzip;q=0.1234", undefined],
  ["gzip;q=0, gzip", undefined],
] as const)("%o is answered in %s", ([accepted, encoding]) => {
  expect(chooseEncoding(accepted, all)).toBe(encoding);
});

test("Of what a client likes equally it gets what the server offers first", () => {
  expect(chooseEncoding("gzip, br", ["br", "gzip"])).toBe("br");
  expect(chooseEncoding("gzip, br", ["gzip", "br"])).toBe("gzip");
  expect(chooseEncoding("gzip, br", [])).toBeUndefined();
});

const weight = fc.integer({ min: 0, max: 1_000 });
const space = fc.constantFrom("", " ", "\t", "  ");

test("The choice has a weight, and nothing that is offered, nor the plain answer, has more", () => {
  const weights = fc.dictionary(fc.constantFrom("zstd", "br", "gzip", "identity", "*", "deflate"), weight);
  fc.assert(
    fc.property(weights, space, space, (given, before, after) => {
      const header = Object.entries(given)
        .map(([name, q]) => `${before}${name}${after};${before}q=${(q / 1_000).toFixed(3)}${after}`)
        .join(",");
      const weightOf = (name: string): number => given[name] ?? given["*"] ?? 0;

      const chosen = chooseEncoding(header, all);

      const best = Math.max(...all.map(weightOf));
      const isPlainBetter = best === 0 || weightOf("identity") > best;
      expect(chosen).toBe(isPlainBetter ? undefined : all.find((encoding) => weightOf(encoding) === best));
    }),
  );
});

test("Nothing that a client may send makes it throw, or choose what is not offered", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("gzip", "br", "*", ";", ",", "=", "q", ".", "0", "1", " ", "\t", "\0", "é") }),
      (header) => {
        expect([undefined, ...all]).toContain(chooseEncoding(header, all));
      },
    ),
  );
});

test("A header as long as headers may be is read in no time", () => {
  const header = "q;q=0.,".repeat(9_000) + " ".repeat(9_000) + ";";
  const before = performance.now();

  chooseEncoding(header, all);

  expect(performance.now() - before).toBeLessThan(2_000);
});
