import { ConfigError, type ConfigProblem } from "./config-error.ts";
import type { ConfigDefinition, ConfigGroups, ConfigOf } from "./define-config.ts";
import { readGroup, type Findings } from "./read-group.ts";
import { Secret } from "./secret.ts";
import { openSources, type SettingSource, type SourceOptions } from "./sources.ts";

/** Options for {@link loadConfig}. All have defaults. */
export interface LoadConfigOptions<Groups extends ConfigGroups = ConfigGroups> extends SourceOptions {
  /** Values that beat every other source, as they would stand in the JSON file. */
  overrides?: ConfigOverrides<Groups>;
}

/** Part of a configuration as code may give it: what the JSON file could hold, every key optional. */
export type ConfigOverrides<Groups extends ConfigGroups> = {
  readonly [Name in keyof Groups]?: PartialInput<Groups[Name]["_zod"]["input"]>;
};

/** `Value` with every key of every object in it optional; arrays are given whole. */
export type PartialInput<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: PartialInput<Value[Key]> | undefined }
    : Value;

const origins: WeakMap<object, ReadonlyMap<string, SettingSource>> = new WeakMap();

/**
 * Reads the configuration: defaults, then the JSON file, the `.env` file, the environment and the overrides, where
 * what comes later wins, setting by setting. Reads files synchronously: call it once, when the process starts.
 *
 * @returns the typed settings, frozen through and through; secrets are wrapped in `Secret`.
 * @throws ConfigError that lists every problem at once.
 */
export function loadConfig<const Groups extends ConfigGroups>(
  definition: ConfigDefinition<Groups>,
  options: LoadConfigOptions<Groups> = {},
): ConfigOf<Groups> {
  const problems: ConfigProblem[] = [];
  const sources = openSources(definition, options, problems);
  const findings: Findings = new Map();
  for (const setting of definition.settings) {
    for (const source of sources) {
      const finding = source.find(setting);
      if (finding === undefined) continue;
      findings.set(setting, finding);
      break;
    }
  }
  const config: Record<string, unknown> = {};
  for (const [name, group] of definition.tree) config[name] = readGroup(group, findings, problems);
  if (problems.length > 0) throw new ConfigError(problems);

  const frozen = frozenCopy(config) as ConfigOf<Groups>;
  const found = definition.settings.map((setting) => {
    const finding = findings.get(setting);
    return [setting.key, finding !== undefined && "origin" in finding ? finding.origin : "default"] as const;
  });
  origins.set(frozen, new Map(found));
  return frozen;
}

/**
 * Where the value of a setting came from: for the output of a `doctor` command, and for choices such as "HTTP when a
 * port was given".
 *
 * @param config What {@link loadConfig} returned.
 * @param key The path of the setting: `http.port`.
 * @throws TypeError for an object that `loadConfig` did not make and for a key that no setting has.
 */
export function sourceOf(config: object, key: string): SettingSource {
  const source = origins.get(config)?.get(key);
  if (source === undefined) throw new TypeError(`${JSON.stringify(key)} is not a setting of this configuration`);
  return source;
}

/** Copies instead of freezing in place: a default or an override belongs to the caller. */
function frozenCopy(value: unknown): unknown {
  if (value instanceof Secret) return new Secret(frozenCopy(value.reveal()));
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, frozenCopy(part)])));
}
