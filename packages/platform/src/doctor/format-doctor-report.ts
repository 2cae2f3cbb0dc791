import { styleText } from "node:util";
import type { DoctorReport } from "./doctor.ts";
import { type Finding, severities, type Severity } from "./finding.ts";
import { plainText } from "./show-text.ts";

/** Options for {@link formatDoctorReport}. */
export interface FormatOptions {
  /** Whether to use ANSI colours. @default false */
  readonly color?: boolean;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const styles: Readonly<Record<Severity, Parameters<typeof styleText>[0]>> = {
  error: "red",
  warning: "yellow",
  info: "cyan",
};
const plurals: Readonly<Record<Severity, string>> = { error: "errors", warning: "warnings", info: "infos" };

/** Findings of one rule that are written out. */
const mostLines = 25;
/** Names that stand behind one message. */
const mostNames = 100;
/** From so many findings of the same message on, it is said once. */
const fewestAlike = 3;
const widestLine = 100;
/** The widest column of names. */
const widestName = 40;

/** A report for people: the worst first, the findings of a rule together, and what it comes to in the last lines. */
export function formatDoctorReport(report: DoctorReport, { color = false }: FormatOptions = {}): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const lines = [examined(report), ""];
  for (const severity of severities) {
    const findings = report.findings.filter((finding) => finding.severity === severity);
    for (const [rule, group] of Map.groupBy(findings, (finding) => finding.rule)) {
      lines.push(`${paint(styles[severity], severity)} ${paint("bold", rule)}`, ...findingLines(group, paint), "");
    }
  }
  if (report.ignored.length > 0) lines.push(paint("bold", "ignored"), ...ignoredLines(report), "");
  lines.push(summary(report, paint));
  return `${lines.join("\n")}\n`;
}

function examined({ checked }: DoctorReport): string {
  const { server, tools, prompts, resources, resourceTemplates, toolBytes, toolTokens, rules } = checked;
  const parts = [
    plural(tools, "tool", "tools"),
    plural(resources, "resource", "resources"),
    plural(resourceTemplates, "template", "templates"),
    plural(prompts, "prompt", "prompts"),
  ];
  return (
    `${plainText(server)}: ${parts.join(", ")}; ${rules} rules. ` +
    `The tools' list has ${toolBytes} bytes, about ${toolTokens} tokens.`
  );
}

/** Findings of one rule; where most say the same, that is said once, with the names behind it. */
function findingLines(group: readonly Finding[], paint: Paint): readonly string[] {
  const byMessage = [...Map.groupBy(group, ({ message }) => message)];
  const alike = byMessage.filter(([, findings]) => findings.length >= fewestAlike);
  const single = byMessage.filter(([, findings]) => findings.length < fewestAlike).flatMap(([, findings]) => findings);
  const remedies = [...new Set(group.map(({ remedy }) => remedy))];
  return [
    ...alike.flatMap(([message, findings]) => [`  ${message}`, ...nameLines(findings)]),
    ...singleLines(single, paint),
    ...remedies.map((remedy) => paint("dim", `  > ${remedy}`)),
  ];
}

function singleLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  const shown = findings.slice(0, mostLines);
  const names = shown.map(({ component }) => plainText(component.name, widestName));
  const width = Math.max(0, ...names.map(({ length }) => length));
  const lines = shown.map(({ message, origin }, index) => {
    const where = origin === undefined ? "" : paint("dim", `  ${plainText(origin, 120)}`);
    return `  ${(names[index] ?? "").padEnd(width)}  ${message}${where}`;
  });
  return findings.length > mostLines ? [...lines, `  and ${findings.length - mostLines} more`] : lines;
}

/** Names side by side, in lines of a width that fits a terminal. */
function nameLines(findings: readonly Finding[]): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const { component } of findings.slice(0, mostNames)) {
    const name = plainText(component.name, widestName);
    if (line !== "" && line.length + name.length > widestLine) {
      lines.push(`    ${line},`);
      line = name;
    } else {
      line = line === "" ? name : `${line}, ${name}`;
    }
  }
  const more = findings.length > mostNames ? ` and ${findings.length - mostNames} more` : "";
  return [...lines, `    ${line}${more}`];
}

function ignoredLines({ ignored }: DoctorReport): readonly string[] {
  const groups = Map.groupBy(ignored, ({ rule, reason }) => `${rule}: ${reason}`);
  return [...groups].slice(0, mostLines).map(([told, group]) => {
    const names = group.slice(0, 5).map(({ component }) => plainText(component.name, widestName));
    return `  ${told} (${names.join(", ")}${group.length > 5 ? ` and ${group.length - 5} more` : ""})`;
  });
}

function summary({ counts, findings, ignored, ok, failOn }: DoctorReport, paint: Paint): string {
  const parts = severities.map((severity) => plural(counts[severity], severity, plurals[severity]));
  const left = ignored.length > 0 ? `; ${ignored.length} ignored` : "";
  const unlisted = counts.error + counts.warning + counts.info - findings.length;
  const found = `${parts.join(", ")}${left}.${unlisted > 0 ? ` Of these, ${unlisted} are not listed.` : ""}`;
  if (!ok) {
    const why = failOn === "error" ? "errors" : "errors or warnings";
    return `${found} ${paint("red", `Not ok: there are ${why}.`)}`;
  }
  const nothing = counts.error + counts.warning + counts.info === 0;
  const verdict = nothing
    ? `Nothing ${ignored.length > 0 ? "else " : ""}was found.`
    : `Ok: nothing that fails at "${failOn}".`;
  return `${found} ${paint("green", verdict)}`;
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
