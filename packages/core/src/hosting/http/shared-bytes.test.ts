import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SharedBytes } from "./shared-bytes.ts";

const sizes = [0, 1, 65_534, 65_535, 65_536, 200_000];

test.for(sizes.flatMap((own) => sizes.map((common) => [own, common] as const)))(
  "With %i bytes of its own around %i shared ones a body is one gzip member",
  async ([own, common]) => {
    const text = "né".repeat(Math.ceil(common / 2)).slice(0, common);
    const around = "b".repeat(own);
    const shared = new SharedBytes(text);

    const member = await shared.gzipWithin(around, around);

    expect(gunzipSync(member).toString()).toBe(around + text + around);
  },
);

test("Whatever stands around it, what is shared is found again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1 }), async (text, own) => {
      const shared = new SharedBytes(text);

      const members = await Promise.all(own.map(([before, after]) => shared.gzipWithin(before, after)));

      const read = members.map((member) => gunzipSync(member).toString("utf8"));
      expect(read).toEqual(own.map(([before, after]) => Buffer.from(before + text + after).toString("utf8")));
    }),
    { numRuns: 50 },
  );
});
