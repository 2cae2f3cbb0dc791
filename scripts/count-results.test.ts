import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plinth-count-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function count(status: number, output: string, report?: object): string {
  return counted(status, output, report).stdout.trim();
}

function counted(status: number, output: string, report?: object) {
  writeFileSync(join(folder, "output"), output);
  if (report !== undefined) writeFileSync(join(folder, "report.json"), JSON.stringify(report));
  const script = join(import.meta.dirname, "count-results.mjs");
  const args = [script, join(folder, "report.json"), join(folder, "output"), String(status)];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

test("A vitest report is counted by its tests; skipped ones count as neither", () => {
  const statuses = ["passed", "passed", "failed", "skipped"];
  const report = { testResults: [{ status: "failed", assertionResults: statuses.map((status) => ({ status })) }] };

  expect(count(1, "", report)).toBe("2 passed, 1 failed");
});

test("A test file that fails to load counts as one failure", () => {
  const report = {
    testResults: [
      { status: "passed", assertionResults: [{ status: "passed" }] },
      { status: "failed", assertionResults: [] },
    ],
  };

  expect(count(1, "", report)).toBe("1 passed, 1 failed");
});

test("Without a report the last line that counts is taken", () => {
  expect(count(1, "84 passed, 0 failed\n236 passed, 3 failed\n")).toBe("236 passed, 3 failed");
});

test("A run that ends badly without a failed test, and one that tested nothing, count as failed", () => {
  expect(count(1, "84 passed, 0 failed\n")).toBe("84 passed, 1 failed");
  expect(count(0, "nothing to see\n")).toBe("0 passed, 1 failed");
});

test("What failed is named on stderr, with the reason in a line", () => {
  const failed = {
    status: "failed",
    fullName: "A cat barks",
    failureMessages: ["Error: it \u001b[31mmews\u001b[39m\n at x"],
  };
  const report = {
    testResults: [
      { status: "failed", assertionResults: [failed, { status: "passed", fullName: "A dog barks" }] },
      { status: "failed", name: "cow.test.ts", message: "no such module\nat y", assertionResults: [] },
    ],
  };

  expect(counted(1, "", report).stderr).toBe("A cat barks: Error: it mews\ncow.test.ts: no such module\n");
});

test("Without a report the lines that begin with FAIL are the names", () => {
  expect(counted(1, "FAIL stdio call: 2 (budget 1)\n3 passed, 1 failed\n").stderr).toBe(
    "FAIL stdio call: 2 (budget 1)\n",
  );
});

test("An error outside every test is told as well", () => {
  const report = { testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }] };

  const { stderr } = counted(1, "\u001b[31mUnhandled Errors\u001b[39m\nError: read ECONNRESET\n", report);

  expect(stderr).toContain("no test failed, but the run ended with status 1: Unhandled Errors\nError: read ECONNRESET");
});
