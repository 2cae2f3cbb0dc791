import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testRoot } from "../fixtures/test-root.ts";
import { ByteSource } from "./stream.ts";

test("a file is closed after the read that is under way, whose number would be another file's", async () => {
  await using files = await testRoot();
  writeFileSync(join(files.folder, "a"), "content");
  const source = new ByteSource(openSync(join(files.folder, "a"), "r"), { start: 0, end: 7 });
  const order: string[] = [];

  const reading = source.next().then((chunk) => order.push(Buffer.from(chunk ?? []).toString()));
  const closing = source.close().then(() => order.push("closed"));
  await Promise.all([reading, closing]);

  expect(order).toEqual(["content", "closed"]);
  expect(await source.next()).toBe(undefined);
});
