import { createServer, definePrompt, defineTool, service } from "@plinth/core";
import { expect, test } from "vitest";
import { doctor } from "./doctor.ts";
import { serverOf, tool } from "./fixtures/found-by.ts";

const bare = defineTool({ name: "delete_user", handler: () => "" });

test("Finds nothing wrong with good tools, and says what it looked at", async () => {
  const server = serverOf(tool("look_up", { timeoutMs: 5_000 }));

  const report = await doctor(server);

  expect(report).toMatchObject({ findings: [], ignored: [], counts: { error: 0, warning: 0, info: 0 }, ok: true });
  expect(report.checked).toMatchObject({ server: "shop", tools: 1, prompts: 0, resources: 0, resourceTemplates: 0 });
  expect(report.checked.toolTokens).toBe(Math.ceil(report.checked.toolBytes / 4));
});

test("Finds nothing in an empty server", async () => {
  const report = await doctor(serverOf());

  expect(report).toMatchObject({ findings: [], ok: true, checked: { tools: 0, toolBytes: 0 } });
});

test("Puts the worst first, with where it was defined and what to do", async () => {
  const report = await doctor(serverOf(bare));

  expect(report.findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual([
    "error missing-description",
    "warning destructive-unannotated",
    "info no-timeout",
    "info no-output-schema",
    "info destructive-unconfirmed",
  ]);
  expect(report.findings[0]).toMatchObject({
    component: { kind: "tool", name: "delete_user" },
    origin: expect.stringMatching(/doctor\.test\.ts:\d+$/),
    remedy: expect.stringMatching(/^Say what it does/),
  });
  expect(report.ok).toBe(false);
});

test("Starts no service, calls no tool and closes nothing", async () => {
  const done: string[] = [];
  await using server = createServer({
    name: "shop",
    version: "1.0.0",
    services: { store: service({ start: () => done.push("start"), stop: () => void done.push("stop") }) },
    components: [defineTool({ name: "look_up", handler: () => `${done.push("call")}` })],
  });

  await doctor(server);

  expect(done).toEqual([]);
});

test("Sets aside what is ignored, for one component or for all, with the reason", async () => {
  const server = serverOf(bare, tool("delete_room"));

  const report = await doctor(server, {
    ignore: [
      { rule: "missing-description", component: "delete_user", reason: "Written next week" },
      { rule: "destructive-unannotated", reason: "The defaults of MCP are right" },
    ],
  });

  expect(report.ignored.map(({ rule, component, reason }) => [rule, component.name, reason])).toEqual([
    ["missing-description", "delete_user", "Written next week"],
    ["destructive-unannotated", "delete_user", "The defaults of MCP are right"],
    ["destructive-unannotated", "delete_room", "The defaults of MCP are right"],
  ]);
  expect(report).toMatchObject({ counts: { error: 0, warning: 0 }, ok: true });
});

test("Reports an ignore that nothing was found for, and one of another component does not count", async () => {
  const report = await doctor(serverOf(bare), {
    ignore: [{ rule: "missing-description", component: "delete_room", reason: "Was long ago" }],
  });

  expect(report.findings.filter(({ rule }) => rule === "unused-ignore")).toEqual([
    expect.objectContaining({
      severity: "warning",
      message: 'missing-description is ignored for "delete_room" ("Was long ago"), and nothing of that kind was found.',
    }),
  ]);
  expect(report.counts.error).toBe(1);
});

test("Fails on warnings when it is told to", async () => {
  const server = serverOf(definePrompt({ name: "ask", render: () => "" }));

  const lenient = await doctor(server);
  const strict = await doctor(server, { failOn: "warning" });

  expect([lenient.ok, strict.ok]).toEqual([true, false]);
});

test("Looks at what the server offers now, and not at what is disabled", async () => {
  const server = serverOf(bare, tool("look_up"));
  server.disable("tool", "delete_user");

  const report = await doctor(server);

  expect(report).toMatchObject({ findings: [], checked: { tools: 1 } });
});

test.each([
  [{ failOn: "info" }, /failOn is "info"; use "error" or "warning"/],
  [{ timeoutMs: -1 }, /timeoutMs is -1/],
  [{ thresholds: { tools: Number.NaN } }, /thresholds\.tools is NaN/],
  [{ thresholds: { tols: 3 } }, /no threshold "tols"; use tools/],
  [{ thresholds: { constructor: 3 } }, /no threshold "constructor"/],
  [{ ignore: [{ rule: "god-servant", reason: "x" }] }, /"god-servant", which is no rule; use god-server/],
  [{ ignore: [{ rule: "god-server", reason: " " }] }, /"god-server" needs a "reason"/],
])("Refuses an option that cannot be: %j", async (options, message) => {
  const server = serverOf();

  const examination = doctor(server, options as never);

  await expect(examination).rejects.toMatchObject({ code: "MISUSE", message: expect.stringMatching(message) });
});
