import { expect, it } from "vitest";
import { restartDelay } from "./restart-delay.ts";

it("doubles from one second to thirty with each death in a row", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 2_000].map((deaths) => restartDelay(deaths, () => 0));

  expect(delays).toStrictEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

it("takes up to half of it off, so that workers that died together come back apart", () => {
  expect(restartDelay(1, () => 0.999_999)).toBe(500);
});
