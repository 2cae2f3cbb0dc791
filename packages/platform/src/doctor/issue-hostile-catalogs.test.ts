import { type AnyPlinthServer, defineTool } from "@plinth/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { doctor } from "./doctor.ts";
import { serverOf, tool } from "./fixtures/found-by.ts";
import { formatDoctorReport } from "./format-doctor-report.ts";
import { toJson } from "./to-json.ts";

/** A server as nobody could define it: its listings are not JSON. */
function hostileServer(listings: readonly Record<string, unknown>[]): AnyPlinthServer {
  const tools = new Map(
    listings.map((listed, index) => {
      const name = typeof listed["name"] === "string" ? listed["name"] : `tool ${index}`;
      return [name, { kind: "tool", name, listed, definition: { kind: "tool", name, handler: () => "" } }];
    }),
  );
  const empty = new Map();
  const catalog = { tools, prompts: empty, resources: empty, resourceTemplates: empty };
  return { name: "hostile", catalog } as unknown as AnyPlinthServer;
}

test("Ends with ten thousand tools, and tells how many findings it leaves out", async () => {
  const definitions = Array.from({ length: 10_000 }, (_, index) =>
    defineTool({ name: `delete_${index}`, description: "Deletes one of very many.", handler: () => "" }),
  );
  const server = serverOf(...definitions);

  const report = await doctor(server);

  expect(report.findings.filter(({ rule }) => rule === "destructive-unannotated")).toHaveLength(500);
  expect(report.counts.warning).toBeGreaterThan(10_000);
  expect(formatDoctorReport(report).length).toBeLessThan(200_000);
  expect(formatDoctorReport(report)).toMatch(/ Of these, \d{5} are not listed\./);
});

test("Ends with descriptions of five megabytes that are made for slow expressions", async () => {
  const mega = 5_000_000;
  const bombs = [
    "eyJ".repeat(mega / 3),
    ".eyJaaaaaaaaaa".repeat(mega / 14),
    "://a:".repeat(mega / 5),
    "-----BEGIN ".repeat(mega / 11),
    `ignore ${" ".repeat(mega)}`,
    "before using this ".repeat(mega / 18),
    "do not mention ".repeat(mega / 15),
    "aA".repeat(mega / 2),
    "\u{1f3f4}\u{e0067}".repeat(mega / 4),
    "\u200d".repeat(mega),
    "sk-".repeat(mega / 3),
    "_-".repeat(mega / 2),
  ];
  const server = serverOf(...bombs.map((description, index) => tool(`bomb_${index}`, { description })));

  const report = await doctor(server);

  expect(report.findings.filter(({ rule }) => rule === "long-description")).toHaveLength(bombs.length);
  expect(Math.max(...report.findings.map(({ message }) => message.length))).toBeLessThan(1_000);
});

test("Survives circles, parameters called like members of objects, and depth without end", async () => {
  const circle: Record<string, unknown> = { type: "object" };
  circle["properties"] = { self: circle };
  circle["anyOf"] = [circle];
  let deep: Record<string, unknown> = { type: "string" };
  for (let level = 0; level < 50_000; level += 1) deep = { type: "array", items: deep };
  const listings = [
    { name: "circle", inputSchema: circle, _meta: { circle } },
    {
      name: "deep",
      description: "As deep as nobody would make it.",
      inputSchema: { type: "object", properties: { deep } },
    },
    JSON.parse('{"name":"__proto__","inputSchema":{"properties":{"__proto__":{"type":"string"},"constructor":1}}}'),
    { name: "odd", description: 7, inputSchema: [null], annotations: "none", outputSchema: true, _meta: null },
  ];

  const report = await doctor(hostileServer(listings));

  expect(report.findings.find(({ rule }) => rule === "deep-nesting")?.message).toMatch(
    /^Its input is 50001 levels deep/,
  );
  expect(report.findings.filter(({ message }) => message.includes("could not finish"))).toEqual([]);
});

test("A rule that fails is told, and does not hide what the others found", async () => {
  const thrower = new Proxy(
    {},
    {
      getPrototypeOf: () => null,
      has: () => {
        throw new Error("no");
      },
    },
  );
  const listed = { name: "odd", inputSchema: { type: "object", properties: { a: thrower } } };

  const report = await doctor(hostileServer([listed]));

  expect(report.findings).toContainEqual(
    expect.objectContaining({
      rule: "undescribed-parameter",
      message: "The rule undescribed-parameter could not finish: no.",
    }),
  );
  expect(report.findings.map(({ rule }) => rule)).toContain("missing-description");
});

test("Never throws, and never writes a control character, whatever is listed", async () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const listing = fc.record({
    name: text,
    description: fc.option(text, { nil: undefined }),
    inputSchema: fc.dictionary(
      fc.constantFrom("type", "properties", "items", "anyOf", "enum", "$ref", "required"),
      fc.oneof(text, fc.array(fc.jsonValue()), fc.dictionary(text, fc.jsonValue())),
    ),
    _meta: fc.jsonValue(),
  });

  await fc.assert(
    fc.asyncProperty(fc.array(listing, { maxLength: 4 }), async (listings) => {
      const report = await doctor(hostileServer(listings));

      expect(formatDoctorReport(report).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]/u);
      expect(JSON.parse(toJson(report))).toMatchObject({ version: 1, counts: report.counts });
      expect(report.findings.filter(({ message }) => message.includes("could not finish"))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
