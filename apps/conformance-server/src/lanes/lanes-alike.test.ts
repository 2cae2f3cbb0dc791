/**
 * Both HTTP lanes answer alike: one corpus of requests goes through both, and every difference is either in the table of
 * allowed ones or fails. `PLINTH_LANES_SEED` generates other requests than the usual ones (`random`: others at each run),
 * `PLINTH_LANES_CASES` sets their number.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allowedDifferences } from "./allowed-differences.ts";
import { compareLanes } from "./compare-lanes.ts";
import { readConformanceTraffic } from "./conformance-traffic.ts";
import { answerCases, longListCases } from "./corpus/answer-cases.ts";
import { bodyCases } from "./corpus/body-cases.ts";
import { envelopeCases } from "./corpus/envelope-cases.ts";
import { frameCases } from "./corpus/frame-cases.ts";
import { generateCases } from "./corpus/generated-cases.ts";
import { headerCases } from "./corpus/header-cases.ts";
import { inputCases } from "./corpus/input-cases.ts";
import { laneCase, type LaneCase } from "./corpus/lane-case.ts";
import { messageCases } from "./corpus/message-cases.ts";
import { methodCases } from "./corpus/method-cases.ts";
import { negotiationCases } from "./corpus/negotiation-cases.ts";
import { parameterHeaderCases } from "./corpus/parameter-header-cases.ts";
import { describeDifference } from "./describe-difference.ts";
import { openLaneHosts, type LaneHosts } from "./lane-hosts.ts";

const wantedSeed = process.env["PLINTH_LANES_SEED"] ?? "20260728";
const seed = wantedSeed === "random" ? Date.now() % 1_000_000 : Number(wantedSeed);
const count = Number(process.env["PLINTH_LANES_CASES"] ?? 1_000);
const limit = { timeout: 120_000 };

let hosts: LaneHosts;
const shown = new Set<string>();
let compared = 0;

beforeAll(async () => {
  hosts = await openLaneHosts();
});
afterAll(() => hosts[Symbol.asyncDispose]());

it("Both lanes answer every method, result and error alike", limit, async () => {
  expect(await differencesAmong(methodCases())).toStrictEqual([]);
});

it("Both lanes send alike whatever middleware makes of a result", limit, async () => {
  expect(await differencesAmong(answerCases())).toStrictEqual([]);
});

it("Both lanes send long lists alike, whatever middleware makes of them", limit, async () => {
  expect(await differencesAmong(longListCases())).toStrictEqual([]);
});

it("Both lanes treat headers alike, whatever they say", limit, async () => {
  expect(await differencesAmong(headerCases())).toStrictEqual([]);
});

it("Both lanes hold arguments to the headers that mirror them", limit, async () => {
  expect(await differencesAmong(parameterHeaderCases())).toStrictEqual([]);
});

it("Both lanes negotiate alike, and let the same callers in", limit, async () => {
  expect(await differencesAmong(negotiationCases())).toStrictEqual([]);
});

it("Both lanes read the envelope alike, at every depth", limit, async () => {
  expect(await differencesAmong(envelopeCases())).toStrictEqual([]);
});

it("Both lanes take the same JSON-RPC frames, and refuse the same", limit, async () => {
  expect(await differencesAmong(frameCases())).toStrictEqual([]);
});

it("Both lanes answer notifications, responses, batches and handshakes alike", limit, async () => {
  expect(await differencesAmong(messageCases())).toStrictEqual([]);
});

it("Both lanes take the same bodies for JSON, and refuse the others alike", limit, async () => {
  expect(await differencesAmong(bodyCases())).toStrictEqual([]);
});

it("Both lanes carry questions, answers and sealed states alike", limit, async () => {
  expect(await differencesAmong(await inputCases(hosts))).toStrictEqual([]);
});

it("Both lanes answer the traffic of the official conformance suite alike", limit, async () => {
  const traffic = await readConformanceTraffic();
  const cases = traffic.map((request, index) => laneCase(`conformance request ${index}`, request, "conformance"));

  expect(await differencesAmong(cases)).toStrictEqual([]);
});

it(`Both lanes answer ${count} generated requests alike (seed ${seed})`, limit, async () => {
  expect(await differencesAmong(generateCases({ count, seed }))).toStrictEqual([]);
});

it("The corpus is large, and shows every allowed difference", () => {
  expect(compared).toBeGreaterThan(10_000);
  expect([...shown].toSorted()).toStrictEqual(allowedDifferences.map(({ id }) => id).toSorted());
});

it("The decision page lists the allowed differences as they are", async () => {
  const page = await readFile(
    fileURLToPath(new URL("../../../../docs/decisions/direct-lane.md", import.meta.url)),
    "utf8",
  );

  const rows = page.split("\n").filter((line) => line.startsWith("| `"));

  const expected = allowedDifferences.map(
    ({ id, when, direct, sdk, because }) => `| \`${id}\` | ${when} | ${direct} | ${sdk} | ${because} |`,
  );
  expect(rows).toStrictEqual(expected);
});

/** The first differences, described; notes which allowed ones the cases show. */
async function differencesAmong(cases: Iterable<LaneCase>): Promise<readonly string[]> {
  const comparisons = await compareLanes(hosts, [...cases]);
  compared += comparisons.length;
  for (const { allowed } of comparisons) for (const id of allowed) shown.add(id);
  const different = comparisons.filter(({ difference }) => difference !== undefined);
  return different.slice(0, 5).map(describeDifference);
}
