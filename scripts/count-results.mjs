// Prints `N passed, N failed` for one run. Usage: node scripts/count-results.mjs REPORT OUTPUT STATUS
// REPORT is vitest's JSON report; without one, the last `N passed, N failed` in OUTPUT counts. A run that ended with a
// STATUS other than 0 counts at least one failure, whatever it printed. What failed is named on stderr, one line each, so
// that it can be told again at the end of a long log.
import { existsSync, readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const [report = "", output = "", status = "1"] = process.argv.slice(2);
const { passed, failed, names } = existsSync(report) ? fromReport(report) : fromOutput(output);
const unexplained = failed === 0 && (status !== "0" || passed === 0) ? 1 : 0;
for (const name of names) console.error(name);
if (unexplained > 0) console.error(`no test failed, but the run ended with status ${status}${unhandled(output)}`);
console.log(`${passed} passed, ${failed + unexplained} failed`);

/** @param {string} path */
function fromReport(path) {
  const { testResults } = JSON.parse(readFileSync(path, "utf8"));
  /** @type {{ status: string, fullName: string, failureMessages?: string[] }[]} */
  const tests = testResults.flatMap((/** @type {any} */ file) => file.assertionResults);
  const count = (/** @type {string} */ wanted) => tests.filter(({ status: actual }) => actual === wanted).length;
  // A file that fails to load has no tests, and must count all the same.
  const broken = testResults.filter(
    (/** @type {any} */ file) =>
      file.status === "failed" && !file.assertionResults.some((/** @type {any} */ test) => test.status === "failed"),
  );
  const names = [
    ...tests
      .filter(({ status: actual }) => actual === "failed")
      .map(({ fullName, failureMessages = [] }) => `${fullName}: ${firstLine(failureMessages[0])}`),
    ...broken.map(
      (/** @type {{ name: string, message: string }} */ { name, message }) => `${name}: ${firstLine(message)}`,
    ),
  ];
  return { passed: count("passed"), failed: count("failed") + broken.length, names };
}

/** @param {string} path */
function fromOutput(path) {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const last = [...text.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  const names = text.split("\n").filter((line) => line.startsWith("FAIL "));
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0), names };
}

/**
 * What a test runner says of an error that no test caught.
 *
 * @param {string} path
 */
function unhandled(path) {
  const text = existsSync(path) ? stripVTControlCharacters(readFileSync(path, "utf8")) : "";
  const at = text.search(/Unhandled (Errors?|Rejection)|^Error:/m);
  return at === -1 ? "" : `: ${text.slice(at, at + 600)}`;
}

/** @param {string | undefined} text */
function firstLine(text = "") {
  return stripVTControlCharacters(text).split("\n", 1)[0];
}
