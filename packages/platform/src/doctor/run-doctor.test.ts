import { defineTool } from "@plinth/core";
import { expect, test } from "vitest";
import { serverOf, tool } from "./fixtures/found-by.ts";
import { runDoctor, type RunDoctorOptions } from "./run-doctor.ts";

const good = serverOf(tool("look_up"));
const warned = serverOf(tool("delete_user"));
const bad = serverOf(defineTool({ name: "look_up", handler: () => "" }));

async function run(server: typeof good, argv: readonly string[], options: RunDoctorOptions = {}) {
  const written = { out: "", error: "" };
  const code = await runDoctor(server, argv, {
    ...options,
    color: false,
    write: (text) => void (written.out += text),
    writeError: (text) => void (written.error += text),
  });
  return { code, ...written };
}

test("Ends with 0 when it is ok and with 1 when it is not", async () => {
  const runs = await Promise.all([run(good, []), run(warned, []), run(bad, []), run(warned, ["--fail-on", "warning"])]);

  expect(runs.map(({ code }) => code)).toEqual([0, 0, 1, 1]);
  expect(runs.map(({ error }) => error).join("")).toBe("");
});

test("Writes JSON of a version and a fixed shape", async () => {
  const { out } = await run(bad, ["--json"]);

  const report = JSON.parse(out) as Record<string, unknown>;
  expect(Object.keys(report)).toEqual(["version", "ok", "failOn", "counts", "checked", "findings", "ignored"]);
  expect(report).toMatchObject({
    version: 1,
    ok: false,
    findings: [{ rule: "missing-description", severity: "error" }, {}, {}],
  });
});

test("The argument beats the option", async () => {
  const { code } = await run(warned, ["--fail-on=error"], { failOn: "warning" });

  expect(code).toBe(0);
});

test("Explains itself", async () => {
  const { code, out } = await run(bad, ["--help"]);

  expect([code, out]).toEqual([0, expect.stringContaining("--fail-on <severity>")]);
});

test.each([
  [["--jsn"], {}, /--jsn/],
  [["--fail-on", "info"], {}, /failOn is "info"; use "error" or "warning"/],
  [["stray"], {}, /stray/],
  [["--fail-on"], {}, /--fail-on/],
  [[], { ignore: [{ rule: "none", reason: "x" }] }, /"none", which is no rule/],
])("Ends with 2 and one line for a mistake: %j", async (argv, options, message) => {
  const { code, out, error } = await run(good, argv, options);

  expect([code, out]).toEqual([2, ""]);
  expect(error).toMatch(message);
  expect(error.trimEnd()).not.toContain("\n");
});
