import type { AnyPlinthServer } from "@plinth/core";
import { type DoctorOptions, type DoctorSettings, type IgnoredRule, toSettings } from "./doctor-options.ts";
import type { Checked, DoctorReport, IgnoredFinding } from "./doctor.ts";
import { estimatedTokens } from "./estimated-tokens.ts";
import { type Examination, examine } from "./examine.ts";
import { type Finding, severities, type Severity } from "./finding.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { rules } from "./rule-table.ts";
import type { Observation, Rule } from "./rule.ts";
import { plainText, showText } from "./show-text.ts";

/** Findings of one rule that a report holds; the rest is counted. A rule that finds more has said what it has to say. */
const mostPerRule = 500;

/** What `doctor` does. @throws KitError `MISUSE` for an option that cannot be */
export async function applyRules(server: AnyPlinthServer, options: DoctorOptions): Promise<DoctorReport> {
  const settings = toSettings(options);
  const examination = examine(server);
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  const findings: Finding[] = [];
  const ignored: IgnoredFinding[] = [];
  const used = new Set<IgnoredRule>();

  for (const rule of rules) {
    let listed = 0;
    for await (const observation of observe(rule, examination, settings)) {
      const finding = toFinding(rule, observation, examination.server);
      const name = observation.component?.name ?? examination.server;
      const reason = settings.ignore.find((one) => isIgnored(rule.id, name, one));
      if (reason !== undefined) used.add(reason);
      else counts[finding.severity] += 1;
      listed += 1;
      if (listed > mostPerRule) continue;
      if (reason === undefined) findings.push(finding);
      else ignored.push({ ...finding, reason: plainText(reason.reason, 300) });
    }
  }
  for (const unused of settings.ignore.filter((one) => !used.has(one))) {
    counts.warning += 1;
    findings.push(unusedIgnore(unused, examination.server));
  }
  if (examination.incomplete) {
    counts.warning += 1;
    findings.push(incomplete(examination.server));
  }

  return {
    findings: findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)),
    ignored,
    counts,
    ok: counts.error === 0 && (settings.failOn === "error" || counts.warning === 0),
    failOn: settings.failOn,
    checked: toChecked(examination),
  };
}

/** A rule that fails must not hide what the others found. */
async function* observe(
  { id, check }: Rule,
  examination: Examination,
  settings: DoctorSettings,
): AsyncGenerator<Observation> {
  try {
    yield* check(examination, settings);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    yield { severity: "warning", message: `The rule ${id} could not finish: ${plainText(reason, 200)}.` };
  }
}

function toFinding(rule: Rule, { component, message, severity }: Observation, server: string): Finding {
  const { kind, name, origin } = component ?? { kind: "server" as const, name: server, origin: undefined };
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    component: { kind, name: maskSecrets(name) },
    ...(origin !== undefined && { origin }),
    message,
    remedy: rule.remedy,
  };
}

function isIgnored(rule: string, name: string, ignored: IgnoredRule): boolean {
  return ignored.rule === rule && (ignored.component === undefined || ignored.component === name);
}

function unusedIgnore({ rule, component, reason }: IgnoredRule, server: string): Finding {
  const where = component === undefined ? "" : ` for ${showText(component)}`;
  return {
    rule: "unused-ignore",
    severity: "warning",
    component: { kind: "server", name: server },
    message: `${rule} is ignored${where} (${showText(reason)}), and nothing of that kind was found.`,
    remedy: "Remove it from ignore: what is mended should be found when it comes back.",
  };
}

function incomplete(server: string): Finding {
  return {
    rule: "incomplete",
    severity: "warning",
    component: { kind: "server", name: server },
    message: "The catalog has more schemas and meta than can be looked at; some of it was not.",
    remedy: "Look at what makes the listings so large: most likely generated schemas, or data in meta.",
  };
}

function toChecked({ server, components, tools, toolBytes }: Examination): Checked {
  const count = (kind: string): number => components.filter((component) => component.kind === kind).length;
  return {
    server,
    rules: rules.length,
    tools: tools.length,
    prompts: count("prompt"),
    resources: count("resource"),
    resourceTemplates: count("resource-template"),
    toolBytes,
    toolTokens: estimatedTokens(toolBytes),
  };
}
