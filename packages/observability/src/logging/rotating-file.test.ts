import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { logFolder } from "./fixtures/log-folder.ts";

it("begins a new file when one is full, keeps as many as it is told to, and loses no line", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file, maxBytes: 1_024, maxFiles: 3 } });

  for (let number = 0; number < 12; number += 1) {
    log.info("x".repeat(300), { number });
    await log.flush();
  }
  await log.close();

  const numbers = [".2", ".1", ""].flatMap((suffix) => folder.lines(suffix).map((line) => line["number"]));
  expect(readdirSync(dirname(folder.file)).toSorted()).toEqual(["server.log", "server.log.1", "server.log.2"]);
  expect(numbers).toEqual([6, 7, 8, 9, 10, 11].slice(-numbers.length));
  expect(statSync(folder.file).size).toBeLessThanOrEqual(1_024);
});

it("begins anew in place when there is to be one file", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file, maxBytes: 1_024, maxFiles: 1 } });

  for (let number = 0; number < 6; number += 1) {
    log.info("x".repeat(300), { number });
    await log.flush();
  }
  await log.close();

  expect(readdirSync(dirname(folder.file))).toEqual(["server.log"]);
  expect(folder.lines().at(-1)).toMatchObject({ number: 5 });
});

it("goes on in the file that a run before it left, which its owner alone can read", async () => {
  using folder = logFolder();

  for (const run of [1, 2]) {
    const log = createLogger({ destination: { file: folder.file } });
    log.info("started", { run });
    await log.close();
  }

  expect(folder.lines()).toMatchObject([{ run: 1 }, { run: 2 }]);
  expect(statSync(folder.file).mode & 0o077).toBe(0);
});

it("goes on in the old file, and moves none, when there is no right to begin a new one", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file, maxBytes: 1_024, maxFiles: 3 } });
  // In the way of the next file; a test that runs as root has every right otherwise.
  mkdirSync(`${folder.file}.next`);

  for (let number = 0; number < 12; number += 1) {
    log.info("x".repeat(300), { number });
    await log.flush();
  }
  await log.close();

  expect(folder.lines()).toHaveLength(12);
  expect(existsSync(`${folder.file}.1`)).toBe(false);
});

it("lets the server live when the disk is full", async () => {
  using folder = logFolder();
  symlinkSync("/dev/full", folder.file);
  const log = createLogger({ destination: { file: folder.file }, maxBuffered: 2_000 });

  for (let count = 0; count < 100; count += 1) log.info("no room");
  await new Promise((resolve) => setImmediate(resolve));
  log.level = "silent";

  expect(log.stats().dropped).toBeGreaterThan(50);
  expect(existsSync(folder.file)).toBe(true);
});
