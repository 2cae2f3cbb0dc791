import { closeSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testRoot } from "../fixtures/test-root.ts";
import { stampUnique } from "./modification-time.ts";

test("no two writes have the same time, and none is far from now", async () => {
  await using files = await testRoot();
  const descriptor = openSync(join(files.folder, "a"), "w");
  const times: bigint[] = [];

  for (let round = 0; round < 200; round += 1) {
    await stampUnique(descriptor);
    times.push(fstatSync(descriptor, { bigint: true }).mtimeNs);
  }

  closeSync(descriptor);
  expect(new Set(times).size).toBe(200);
  expect(times).toEqual(times.toSorted((one, other) => (one < other ? -1 : 1)));
  expect(Math.abs(Number(times.at(-1)) / 1e6 - Date.now())).toBeLessThan(5000);
});
