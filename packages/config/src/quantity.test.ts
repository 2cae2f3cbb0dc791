import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duration, formatDuration, formatSize, size } from "./quantity.ts";

describe("duration", () => {
  it.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["7d", 604_800_000],
    ["1.5s", 1500],
    ["1.1s", 1100],
    [" 30 S ", 30_000],
    ["250", 250],
    [250, 250],
    ["0", 0],
  ])("reads %j as %d ms", (input, expected) => {
    expect(duration().parse(input)).toBe(expected);
  });

  it.each([
    "",
    " ",
    "s",
    "30 seconds",
    "30x",
    "-5s",
    "+5s",
    "1e3",
    "1h30m",
    "0.1ms",
    "NaN",
    "Infinity",
    "25d",
    "٣s",
    -1,
    1.5,
    NaN,
    true,
    null,
    {},
    [],
    ["30s"],
  ])("refuses %j", (input) => {
    const result = duration().safeParse(input);

    expect(result.error?.issues[0]?.message).toBe("must be a duration from 0ms to 24d, such as 30s");
  });

  it("reads back whatever it writes", () => {
    fc.assert(
      fc.property(fc.nat({ max: 24 * 86_400_000 }), (value) => {
        expect(duration().parse(formatDuration(value))).toBe(value);
      }),
    );
  });

  it("reads every whole number of every unit exactly", () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), fc.constantFrom(...Object.entries(units)), (count, [unit, factor]) => {
        expect(duration({ max: Number.MAX_SAFE_INTEGER }).parse(`${count}${unit}`)).toBe(count * factor);
      }),
    );
  });

  it("never yields anything but a whole number within its limits", () => {
    const limited = duration({ min: 10, max: 1000 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.anything()), (input) => {
        const { data } = limited.safeParse(input);

        expect(data === undefined || (Number.isInteger(data) && data >= 10 && data <= 1000)).toBe(true);
      }),
    );
  });

  it("refuses limits that make no sense when it is made", () => {
    expect(() => duration({ min: 5, max: 1 })).toThrow("not min 5 and max 1");
    expect(() => duration({ min: Number.NaN })).toThrow(RangeError);
  });
});

describe("size", () => {
  it.each([
    ["10MB", 10_000_000],
    ["64KiB", 65_536],
    ["64kib", 65_536],
    ["1.5 GiB", 1_610_612_736],
    ["2TB", 2e12],
    ["512B", 512],
    ["512", 512],
    [512, 512],
  ])("reads %j as %d bytes", (input, expected) => {
    expect(size().parse(input)).toBe(expected);
  });

  it.each(["", "10M", "10k", "MB", "-1MB", "0.5B", "10 megabytes", "9007199254740993", "99999TiB", 0.5, null])(
    "refuses %j",
    (input) => {
      expect(size().safeParse(input).success).toBe(false);
    },
  );

  it("reads back whatever it writes", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(size().parse(formatSize(value))).toBe(value);
      }),
    );
  });
});
