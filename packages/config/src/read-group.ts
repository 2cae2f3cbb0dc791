import { attempt, type Issue } from "./attempt.ts";
import { printable, printableName, type ConfigProblem } from "./config-error.ts";
import type { GroupDefinition, SettingDefinition } from "./define-config.ts";
import { nearestName } from "./nearest-name.ts";
import type { FoundValue } from "./sources.ts";

/** What the sources had for each setting: a value, or the problem that kept it from being read. */
export type Findings = Map<SettingDefinition, FoundValue | ConfigProblem>;

/**
 * The value of a group. Adds a problem for each of its settings that is missing or not allowed; the rules that span
 * several settings run once each of them is right by itself.
 */
export function readGroup(group: GroupDefinition, findings: Findings, problems: ConfigProblem[]): unknown {
  const isWhole = [...settingsOf(group)].every((setting) => !("kind" in (findings.get(setting) ?? {})));
  // Most are right, and to look at each setting by itself takes as long again.
  const whole = isWhole ? attempt(group.schema, gather(group, findings)) : undefined;
  if (whole?.success === true) return whole.data;

  const before = problems.length;
  const raw = collect(group, findings, problems);
  if (problems.length > before) return undefined;

  const result = attempt(group.schema, raw);
  if (result.success) return result.data;
  for (const issue of result.issues) problems.push(brokenRule(group, issue, findings));
  return undefined;
}

function* settingsOf(group: GroupDefinition): Iterable<SettingDefinition> {
  for (const member of group.members.values()) {
    if ("members" in member) yield* settingsOf(member);
    else yield member;
  }
}

/** What was found for a group, unchecked. */
function gather(group: GroupDefinition, findings: Findings): unknown {
  if (!isSet(group, findings) && attempt(group.schema, undefined).success) return undefined;
  const raw: Record<string, unknown> = {};
  for (const [name, member] of group.members) {
    const finding = "members" in member ? undefined : findings.get(member);
    const value =
      "members" in member ? gather(member, findings) : finding && "value" in finding ? finding.value : undefined;
    if (value !== undefined) raw[name] = value;
  }
  return raw;
}

/** The input of the group's schema; `undefined` for an optional group of which nothing is set. */
function collect(group: GroupDefinition, findings: Findings, problems: ConfigProblem[]): unknown {
  if (!isSet(group, findings) && attempt(group.schema, undefined).success) return undefined;
  const raw: Record<string, unknown> = {};
  for (const [name, member] of group.members) {
    const value = "members" in member ? collect(member, findings, problems) : take(member, findings, problems);
    if (value !== undefined) raw[name] = value;
  }
  return raw;
}

function isSet(group: GroupDefinition, findings: Findings): boolean {
  return [...group.members.values()].some((member) =>
    "members" in member ? isSet(member, findings) : findings.has(member),
  );
}

/** The raw value of a setting; adds a problem when its schema refuses it. */
function take(setting: SettingDefinition, findings: Findings, problems: ConfigProblem[]): unknown {
  const finding = findings.get(setting);
  if (finding !== undefined && "kind" in finding) {
    problems.push(finding);
    return undefined;
  }
  const result = attempt(setting.schema, finding?.value);
  if (!result.success) {
    problems.push(finding === undefined ? missing(setting) : invalid(setting, finding, result.issues));
  }
  return finding?.value;
}

function missing({ key, variable, fileVariable, expects }: SettingDefinition): ConfigProblem {
  const message =
    fileVariable === undefined ? "is not set" : `is not set; set it, or ${fileVariable} to the path of a file`;
  return { kind: "missing", setting: key, name: variable, message, allowed: expects };
}

function invalid(
  setting: SettingDefinition,
  { value, name, place }: FoundValue,
  issues: readonly Issue[],
): ConfigProblem {
  const { key, secret, expects, options } = setting;
  const suggestion = !secret && typeof value === "string" ? nearestName(value.trim(), options) : undefined;
  return {
    kind: "invalid",
    setting: key,
    name,
    source: place,
    value: secret ? "[secret]" : printable(value),
    // A custom message can quote what it refuses, so that for a secret only what the schema itself says is shown.
    message: secret ? "is not allowed" : [...new Set(issues.map(issueText))].join("; "),
    allowed: expects,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function brokenRule(group: GroupDefinition, { path, message }: Issue, findings: Findings): ConfigProblem {
  const key = [...group.path, ...path].join(".");
  for (const [setting, finding] of findings) {
    if (setting.key !== key || !("origin" in finding)) continue;
    const value = setting.secret ? "[secret]" : printable(finding.value);
    return { kind: "invalid", setting: key, name: finding.name, source: finding.place, value, message };
  }
  return { kind: "invalid", setting: key, name: key, message };
}

function issueText({ path, message }: Issue): string {
  if (path.length === 0) return message;
  const inside = path
    .map((key) => (typeof key === "number" ? `entry ${key + 1}` : printableName(String(key))))
    .join(", ");
  return `${inside}: ${message}`;
}
