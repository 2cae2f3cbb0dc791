import { expect, test } from "vitest";
import { readAudit } from "./advisories.ts";
import { allowedAdvisories } from "./allowed-advisories.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const id = "GHSA-aaaa-bbbb-cccc";

function report(severity: string): string {
  const url = `https://github.com/advisories/${id}`;
  const advisory = { module_name: "left-pad", severity, title: "Pads on the right", url, github_advisory_id: id };
  return JSON.stringify({ advisories: { 1: advisory } });
}

test.each(["high", "critical"])("A %s advisory makes the audit fail", (severity) => {
  const { verdict, lines } = readAudit(report(severity), { allowed: [], now });

  expect(verdict).toBe("vulnerable");
  expect(lines).toEqual([`left-pad: ${severity}: Pads on the right (${id})`]);
});

test("A moderate advisory does not", () => {
  expect(readAudit(report("moderate"), { allowed: [], now }).verdict).toBe("clean");
});

test("An allowed advisory passes until its day, and no longer", () => {
  const allowed = [{ id, why: "We pad on the left.", until: "2026-12-01" }];

  expect(readAudit(report("high"), { allowed, now }).verdict).toBe("clean");
  expect(readAudit(report("high"), { allowed, now: Date.parse("2026-12-01") }).verdict).toBe("vulnerable");
});

test.each([
  ["a day too far ahead", { until: "2027-06-01" }],
  ["a day that is none", { until: "soon" }],
  ["no reason", { why: " " }],
])("An entry with %s counts for nothing", (_, change) => {
  const allowed = [{ id, why: "We pad on the left.", until: "2026-12-01", ...change }];

  expect(readAudit(report("high"), { allowed, now }).verdict).toBe("vulnerable");
});

test("An entry that nothing needs any more has to go", () => {
  const allowed = [{ id: "GHSA-dddd-eeee-ffff", why: "We pad on the left.", until: "2026-12-01" }];

  expect(readAudit('{"advisories":{}}', { allowed, now })).toMatchObject({ verdict: "vulnerable" });
});

test.each(["", "Method Not Allowed", "null", "[]", '{"error":{"code":"E405"}}'])(
  "%j is no report, and not clean",
  (output) => {
    expect(readAudit(output, { allowed: [], now }).verdict).toBe("unknown");
  },
);

test("Every entry of the list has its day and its reason", () => {
  expect(readAudit("", { allowed: allowedAdvisories, now: Date.now() }).lines).toEqual([]);
});
