import { rules } from "../../packages/platform/src/doctor/rule-table.ts";
import type { Rule } from "../../packages/platform/src/doctor/rule.ts";

/** The page of all rules of the doctor, rendered from the table that it uses. */
export function renderDoctorRulesPage(): string {
  const head = ["Rule", "Severity", "Finds"];
  const rows = rules.map(({ id, severity, finds }) => [`[\`${id}\`](#${id})`, severity, finds]);
  return [
    "# Rules of the doctor",
    "",
    "Rendered from the rules in `@plinth/platform` by `node scripts/write-reference.ts`; a test keeps it current. How to run the doctor is in the",
    "[guide](../guides/doctor.md). Ids are stable, messages are not. The severity is that of most findings of a rule; where some are",
    "worse or milder, it says so.",
    "",
    ...[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`),
    "",
    "Two more come from the doctor itself, both warnings: `unused-ignore`, an entry of `ignore` that nothing was found for, and `incomplete`,",
    "a catalog with more than a million schemas and objects in meta, of which the rest was not looked at.",
    "",
    ...rules.flatMap(section),
  ]
    .join("\n")
    .concat("\n")
    .replace(/\n+$/, "\n");
}

function section({ id, why, remedy, sources = [] }: Rule): readonly string[] {
  const listed = sources.length === 0 ? [] : ["", "Sources:", "", ...sources.map((source) => `- ${source}`)];
  return [`## ${id}`, "", why, "", `**Remedy:** ${remedy}`, ...listed, ""];
}
