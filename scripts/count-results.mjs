// Prints `N passed, N failed` for one run. Usage: node scripts/count-results.mjs REPORT OUTPUT STATUS
// REPORT is vitest's JSON report; without one, the last `N passed, N failed` in OUTPUT counts. A run that ended with a
// STATUS other than 0 counts at least one failure, whatever it printed.
import { existsSync, readFileSync } from "node:fs";

const [report = "", output = "", status = "1"] = process.argv.slice(2);
const { passed, failed } = existsSync(report) ? fromReport(report) : fromOutput(output);
const unexplained = failed === 0 && (status !== "0" || passed === 0) ? 1 : 0;
console.log(`${passed} passed, ${failed + unexplained} failed`);

/** @param {string} path */
function fromReport(path) {
  const { testResults } = JSON.parse(readFileSync(path, "utf8"));
  const tests = testResults.flatMap((/** @type {any} */ file) => file.assertionResults);
  const count = (/** @type {string} */ wanted) =>
    tests.filter((/** @type {{ status: string }} */ { status: actual }) => actual === wanted).length;
  // A file that fails to load has no tests, and must count all the same.
  const broken = testResults.filter(
    (/** @type {any} */ file) =>
      file.status === "failed" && !file.assertionResults.some((/** @type {any} */ test) => test.status === "failed"),
  );
  return { passed: count("passed"), failed: count("failed") + broken.length };
}

/** @param {string} path */
function fromOutput(path) {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const last = [...text.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}
