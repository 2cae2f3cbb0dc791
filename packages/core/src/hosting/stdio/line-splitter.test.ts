import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineSplitter } from "./line-splitter.ts";

function split(chunks: readonly Uint8Array[], maxLineBytes = 1_000): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter({
    maxLineBytes,
    onLine: (line) => void lines.push(line.toString("utf8")),
    onOversizedLine: ({ head, tail }) =>
      void lines.push(`!${head.subarray(0, 3).toString()}..${tail.subarray(-3).toString()}`),
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe("createLineSplitter", () => {
  it("gives the same lines however the bytes are cut", () => {
    const text = fc.array(
      fc.string({ unit: "binary", maxLength: 30 }).map((line) => line.replaceAll(/[\r\n]/g, "")),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        text,
        fc.constantFrom("\n", "\r\n"),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (lines, feed, cuts) => {
          const bytes = Buffer.from(lines.join(feed));
          const chunks: Buffer[] = [];
          for (let at = 0, cut = 0; at < bytes.length; cut++) {
            const size = cuts.at(cut % cuts.length) ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }

          expect(split(chunks)).toEqual(
            lines.map((line) => Buffer.from(line).toString()).filter((line) => line !== ""),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps nothing but the ends of a line past the limit, and goes on behind it", () => {
    const long = `abc${"x".repeat(5_000)}xyz`;

    expect(split([Buffer.from(`one\n${long}\ntwo\n`)])).toEqual(["one", "!abc..xyz", "two"]);
    expect(split(Array.from(Buffer.from(`one\n${long}\ntwo`), (byte) => Buffer.of(byte)))).toEqual([
      "one",
      "!abc..xyz",
      "two",
    ]);
    expect(split([Buffer.from("12345\n123456\n")], 5)).toEqual(["12345", "!123..456"]);
  });

  it("reads ten million bytes one by one in linear time", () => {
    let length = 0;
    const splitter = createLineSplitter({
      maxLineBytes: 20_000_000,
      onLine: (line) => {
        length = line.length;
      },
      onOversizedLine: () => undefined,
    });
    const byte = Buffer.from("x");

    for (let count = 0; count < 10_000_000; count++) splitter.push(byte);
    splitter.push(Buffer.from("\n"));

    expect(length).toBe(10_000_000);
  });
});
