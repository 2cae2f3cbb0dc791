import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader } from "./frames.ts";

describe("frames", () => {
  it("come out as they went in, wherever the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.string({ unit: "binary" }) })),
        fc.array(fc.nat(40)),
        (messages, cuts) => {
          const reader = new FrameReader(10_000);
          let rest = Buffer.concat(messages.map(encodeFrame));
          const texts: string[] = [];

          for (const cut of cuts) {
            texts.push(...reader.push(rest.subarray(0, cut)));
            rest = rest.subarray(Math.min(cut, rest.length));
          }
          texts.push(...reader.push(rest));

          expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual(messages);
        },
      ),
    );
  });

  it("are refused for their length before their content has arrived", () => {
    const reader = new FrameReader(100);

    expect(() => reader.push(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toThrow(
      "a frame of 4294967295 bytes, 100 at most",
    );
  });

  it("never make the reader hold more than one frame, whatever arrives", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const reader = new FrameReader(50);
        const read = (): string[] => {
          try {
            return reader.push(Buffer.from(bytes));
          } catch (error) {
            return [(error as Error).name];
          }
        };

        for (const text of read()) expect(text.length).toBeLessThanOrEqual(50);
      }),
    );
  });
});
