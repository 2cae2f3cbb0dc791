import { attempt } from "./attempt.ts";
import type { ConfigDefinition, GroupDefinition, SettingDefinition } from "./define-config.ts";
import { detailsOf } from "./setting.ts";

/** The two renderings of a schema. Both end with a line feed and depend on nothing but the schema. */
export interface ConfigDescription {
  /** A `.env.example`: every variable with what it means, defaults commented out, required ones left to fill in. */
  envExample: string;
  /** A Markdown reference: one table for each group. */
  markdown: string;
}

/** Renders the reference of a configuration. Values of secrets, defaults too, are never written. */
export function describe(definition: ConfigDefinition): ConfigDescription {
  const sections = sectionsOf([...definition.tree.values()]);
  return {
    envExample: `${[envHead(definition), ...sections.map(envSection)].join("\n\n")}\n`,
    markdown: `${[markdownHead(definition), ...sections.map(markdownSection)].join("\n\n")}\n`,
  };
}

interface Section {
  group: GroupDefinition;
  entries: readonly Entry[];
}

interface Entry {
  setting: SettingDefinition;
  required: boolean;
  /** The default as it would be typed; `undefined` for none, and for every secret. */
  fallback: string | undefined;
}

function sectionsOf(groups: readonly GroupDefinition[], isInsideOptional = false): Section[] {
  return groups.flatMap((group) => {
    const members = [...group.members.values()];
    const isOptional = isInsideOptional || attempt(group.schema, undefined).success;
    const entries = members.flatMap((member) => ("members" in member ? [] : [toEntry(member, isOptional)]));
    const nested = sectionsOf(
      members.filter((member) => "members" in member),
      isOptional,
    );
    return entries.length === 0 ? nested : [{ group, entries }, ...nested];
  });
}

function toEntry(setting: SettingDefinition, isGroupOptional: boolean): Entry {
  const absent = attempt(setting.schema, undefined);
  const hasDefault = absent.success && absent.data !== undefined && !setting.secret;
  const fallback = hasDefault ? valueText(setting, absent.data) : undefined;
  return { setting, required: !absent.success && !isGroupOptional, fallback };
}

function valueText({ schema }: SettingDefinition, value: unknown): string {
  const { format } = detailsOf(schema);
  if (format !== undefined) return format(value as never);
  if (Array.isArray(value) && value.every((entry) => typeof entry !== "object")) return value.join(",");
  if (typeof value === "string") return value;
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}

function envHead({ fileVariable }: ConfigDefinition): string {
  return [
    "# Rendered from the configuration schema. Copy it to .env and fill in what has no default.",
    "# An empty variable counts as not set.",
    "",
    "# Path of a JSON file with settings; what is set here and in the environment wins over it.",
    `# ${fileVariable}=`,
  ].join("\n");
}

function envSection({ group, entries }: Section): string {
  const title = `# ${group.path.join(".")}${group.description === undefined ? "" : `: ${oneLine(group.description)}`}`;
  return [title, ...entries.map(envEntry)].join("\n\n");
}

function envEntry({ setting, required, fallback }: Entry): string {
  const { variable, fileVariable, description } = setting;
  const lines = description === undefined ? [] : [`# ${oneLine(description)}`];
  lines.push(
    `# ${required ? "Required" : "Optional"}${setting.secret ? ", secret" : ""}: ${oneLine(setting.expects)}.`,
  );
  if (setting.aliases.length > 0) lines.push(`# Also read from ${setting.aliases.join(", ")}.`);
  lines.push(`${required ? "" : "# "}${variable}=${fallback === undefined ? "" : quoted(fallback)}`);
  if (fileVariable !== undefined) lines.push(`# ${fileVariable}=`);
  return lines.join("\n");
}

/** Written so that `util.parseEnv` gives the same text back; what its three quotes cannot hold is left out. */
function quoted(text: string): string {
  if (/^[\w./:@%+,=-]*$/.test(text)) return text;
  const quote = ["'", "`", '"'].find((candidate) => !text.includes(candidate));
  if (text.includes("\r") || quote === undefined) return "";
  const isDouble = quote === '"' || text.includes("\n");
  // Between double quotes a backslash and an n are a line feed, and nothing escapes them or a quote.
  if (isDouble && (text.includes('"') || text.includes("\\n"))) return "";
  return isDouble ? `"${text.replaceAll("\n", "\\n")}"` : `${quote}${text}${quote}`;
}

function markdownHead({ fileVariable, prefix }: ConfigDefinition): string {
  const named = prefix === undefined ? "" : ` Variables start with \`${prefix}_\`.`;
  return [
    "# Configuration reference",
    "",
    "Rendered from the configuration schema. Later wins: default, JSON file (key), `.env`, environment (variable).",
    `\`${fileVariable}\` names the JSON file.${named} ` +
      "A secret may instead come from the file that `NAME_FILE` names.",
  ].join("\n");
}

function markdownSection({ group, entries }: Section): string {
  const title = `## ${group.path.join(".")}`;
  const table = markdownTable([
    ["Variable", "Key", "Type", "Default", "Secret", "Description"],
    ...entries.map(({ setting, required, fallback }) => [
      [setting.variable, ...setting.aliases].map(code).join(", "),
      code(setting.key),
      cell(setting.expects),
      required ? "required" : fallback === undefined ? "" : code(fallback),
      setting.secret ? "yes" : "",
      cell(setting.description ?? ""),
    ]),
  ]);
  return [title, ...(group.description === undefined ? [] : [oneLine(group.description)]), table].join("\n\n");
}

/** Columns are padded as formatters pad them, so that formatting a committed reference does not change it. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const [head = "", ...body] = rows.map(
    (row) => `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

function code(text: string): string {
  return text === "" ? "" : `\`${cell(text).replaceAll("`", "'")}\``;
}

function cell(text: string): string {
  return oneLine(text).replaceAll("|", "\\|");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
