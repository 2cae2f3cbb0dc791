import { defineTool } from "@plinth/core";
import { expect, test } from "vitest";
import { doctor } from "./doctor.ts";
import { serverOf, tool } from "./fixtures/found-by.ts";
import { formatDoctorReport } from "./format-doctor-report.ts";

test("Groups findings by rule, the worst first, aligned, with the remedy once and an honest end", async () => {
  const server = serverOf(
    defineTool({ name: "look", timeoutMs: 1, handler: () => "" }),
    defineTool({ name: "delete_user", timeoutMs: 1, handler: () => "" }),
  );
  const report = await doctor(server, {
    ignore: [
      { rule: "no-output-schema", reason: "Texts for reading" },
      { rule: "destructive-unconfirmed", reason: "Asked elsewhere" },
    ],
  });

  const text = formatDoctorReport(report);

  expect(text.replaceAll(/\S+\.test\.ts:\d+/g, "FILE")).toBe(
    [
      `shop: 2 tools, 0 resources, 0 templates, 0 prompts; ${report.checked.rules} rules. The tools' list has ${report.checked.toolBytes} bytes, about ${report.checked.toolTokens} tokens.`,
      "",
      "error missing-description",
      "  look         It has no description.  FILE",
      "  delete_user  It has no description.  FILE",
      "  > Say what it does, when to use it, and what comes back, in one to three sentences.",
      "",
      "warning destructive-unannotated",
      '  delete_user  By the word "delete" it destroys something; it has neither destructiveHint nor readOnlyHint.  FILE',
      "  > Set annotations: { destructiveHint: true }, or false for what only adds.",
      "",
      "ignored",
      "  no-output-schema: Texts for reading (look, delete_user)",
      "  destructive-unconfirmed: Asked elsewhere (delete_user)",
      "",
      "2 errors, 1 warning, 0 infos; 3 ignored. Not ok: there are errors.",
      "",
    ].join("\n"),
  );
});

test("Says once what many components have, with their names behind it", async () => {
  const server = serverOf(
    ...Array.from({ length: 30 }, (_, index) => defineTool({ name: `look_up_${index}`, handler: () => "" })),
  );
  const report = await doctor(server);

  const text = formatDoctorReport(report);

  expect(text.split("\n").filter((line) => line.includes("It has no timeoutMs."))).toEqual(["  It has no timeoutMs."]);
  expect(text).toContain("    look_up_0, look_up_1,");
});

test("Says that nothing was found, or that nothing fails", async () => {
  const clean = await doctor(serverOf(tool("look_up")));
  const fine = await doctor(
    serverOf(defineTool({ name: "look_up", description: "Looks things up for you.", handler: () => "" })),
  );

  const ends = [clean, fine].map((report) => formatDoctorReport(report).trimEnd().split("\n").at(-1));

  expect(ends).toEqual([
    "0 errors, 0 warnings, 0 infos. Nothing was found.",
    '0 errors, 0 warnings, 2 infos. Ok: nothing that fails at "error".',
  ]);
});

test("Colours when it is asked to, and only then", async () => {
  const report = await doctor(serverOf(defineTool({ name: "look_up", handler: () => "" })));

  const [plain, colored] = [formatDoctorReport(report), formatDoctorReport(report, { color: true })];

  expect(plain).not.toContain("\u001b");
  expect(colored).toContain("\u001b[31merror");
});
