import { expect, test } from "vitest";
import { errorCodes } from "../../packages/core/src/errors/error-codes.ts";
import { rules } from "../../packages/platform/src/doctor/rule-table.ts";
import { renderDoctorRulesPage } from "./doctor-rules-page.ts";
import { renderErrorCodePage } from "./error-code-page.ts";
import { checkReferencePages } from "./reference-pages.ts";

test("The rendered pages of the reference say what the sources say; if not, run node scripts/write-reference.ts", () => {
  expect(checkReferencePages).not.toThrow();
});

test("The page of error codes has a row for every code, with its number", () => {
  const page = renderErrorCodePage();

  for (const [code, { rpc }] of Object.entries(errorCodes)) expect(page).toContain(`| \`${code}\` | ${rpc} |`);
});

test("The page of the doctor's rules has a row and a section for every rule", () => {
  const page = renderDoctorRulesPage();

  for (const { id, severity, remedy } of rules) {
    expect(page).toContain(`| [\`${id}\`](#${id}) | ${severity} |`);
    expect(page).toContain(`## ${id}\n`);
    expect(page).toContain(remedy);
  }
});
