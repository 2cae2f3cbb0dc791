import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkDescribed, writeDescribed } from "../../packages/config/src/check-described.ts";
import { defineConfig, type ConfigDefinition } from "../../packages/config/src/define-config.ts";
import { productionConfig } from "../../packages/platform/src/preset/production-config.ts";
import { writeMonitoringFiles } from "../monitoring/monitoring-files.ts";
import { renderDoctorRulesPage } from "./doctor-rules-page.ts";
import { renderErrorCodePage } from "./error-code-page.ts";

const root = join(import.meta.dirname, "../..");
const errorCodePage = join(root, "docs/reference/error-codes.md");
const doctorRulesPage = join(root, "docs/reference/doctor-rules.md");
const definition: ConfigDefinition = defineConfig({ groups: productionConfig });
const described = {
  cwd: root,
  envExample: "docs/reference/platform.env.example",
  markdown: "docs/reference/configuration.md",
};

/** Writes the pages of the reference that are rendered from the sources. */
export function writeReferencePages(): void {
  writeFileSync(errorCodePage, renderErrorCodePage());
  writeFileSync(doctorRulesPage, renderDoctorRulesPage());
  writeDescribed(definition, described);
  writeMonitoringFiles();
}

/** Checks that those pages are current. @throws Error that says which one is not */
export function checkReferencePages(): void {
  if (readFileSync(errorCodePage, "utf8") !== renderErrorCodePage()) {
    throw new Error("docs/reference/error-codes.md is out of date; run node scripts/write-reference.ts");
  }
  if (readFileSync(doctorRulesPage, "utf8") !== renderDoctorRulesPage()) {
    throw new Error("docs/reference/doctor-rules.md is out of date; run node scripts/write-reference.ts");
  }
  checkDescribed(definition, described);
}
