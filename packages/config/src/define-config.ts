import { z } from "zod";
import { expectsOf } from "./expects-of.ts";
import type { Secret } from "./secret.ts";
import { detailsOf, holdsSecret, innermost, kindOf, readsText } from "./setting.ts";

/** Groups of settings by name. Each is a `z.object` of settings, possibly nested, possibly optional as a whole. */
export type ConfigGroups = Readonly<Record<string, z.ZodType<object | undefined>>>;

/** What {@link defineConfig} takes. */
export interface DefineConfigOptions<Groups extends ConfigGroups> {
  /** The groups. Compose them by spreading: `{ ...platformConfig, database: z.object({ ... }) }`. */
  groups: Groups;
  /**
   * Put before every variable: with `PLINTH`, `http.port` is `PLINTH_HTTP_PORT`, and every other `PLINTH_*` variable is
   * reported as unknown. Without one only near misses of known names are. @default none
   */
  prefix?: string;
}

/** One setting as it is addressed from outside. */
export interface SettingDefinition {
  /** Where it stands in the configuration and in the JSON file: `["http", "port"]`. */
  readonly path: readonly string[];
  /** The path joined by dots: `http.port`. */
  readonly key: string;
  /** The environment variable: `HTTP_PORT`. */
  readonly variable: string;
  /** For a secret, the variable that names a file holding it: `DATABASE_PASSWORD_FILE`. */
  readonly fileVariable: string | undefined;
  /** Further variables that set it, without the prefix. */
  readonly aliases: readonly string[];
  readonly secret: boolean;
  /** What is allowed, in words. */
  readonly expects: string;
  /** The allowed values, where they can be listed. */
  readonly options: readonly string[];
  readonly description: string | undefined;
  readonly schema: z.ZodType;
}

/** A group of settings; `members` holds its settings and the groups within. */
export interface GroupDefinition {
  readonly path: readonly string[];
  readonly description: string | undefined;
  readonly schema: z.ZodType;
  readonly members: ReadonlyMap<string, GroupDefinition | SettingDefinition>;
}

/** A checked configuration schema: input of `loadConfig` and `describe`. Made by {@link defineConfig}. */
export interface ConfigDefinition<Groups extends ConfigGroups = ConfigGroups> {
  readonly groups: Groups;
  readonly prefix: string | undefined;
  /** The variable that names the JSON file: `CONFIG_FILE`, with the prefix if there is one. */
  readonly fileVariable: string;
  readonly tree: ReadonlyMap<string, GroupDefinition>;
  /** All settings, in the order of the schema. */
  readonly settings: readonly SettingDefinition[];
}

/** The loaded configuration of a definition: `Config<typeof definition>`. Deeply read-only. */
export type Config<Definition extends ConfigDefinition> = ConfigOf<Definition["groups"]>;

/** The loaded configuration of a set of groups. */
export type ConfigOf<Groups extends ConfigGroups> = DeepReadonly<{ [Name in keyof Groups]: z.output<Groups[Name]> }>;

/** `Value` with every object and array in it read-only. */
export type DeepReadonly<Value> = Value extends
  | Secret<unknown>
  | Date
  | URL
  | RegExp
  | Map<unknown, unknown>
  | Set<unknown>
  ? Value
  : Value extends (...parameters: never[]) => unknown
    ? Value
    : { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/**
 * Checks a schema and works out the name of every setting: `http.bodyLimit` is `HTTP_BODY_LIMIT` in the environment and
 * `{ "http": { "bodyLimit": ... } }` in the JSON file.
 *
 * @throws TypeError when a setting could never be read from text, a group is not an object, a key is not a plain
 *   identifier, or two settings would share a variable.
 */
export function defineConfig<const Groups extends ConfigGroups>({
  groups,
  prefix,
}: DefineConfigOptions<Groups>): ConfigDefinition<Groups> {
  if (prefix !== undefined && !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(prefix)) {
    throw new TypeError(`The prefix ${JSON.stringify(prefix)} must be capitals and digits joined by _, such as PLINTH`);
  }
  const settings: SettingDefinition[] = [];
  const tree = new Map<string, GroupDefinition>();
  for (const [name, schema] of Object.entries(groups)) {
    const member = toMember(schema, [name], prefix, settings);
    if (!("members" in member)) throw new TypeError(`The group ${name} must be a z.object of settings`);
    tree.set(name, member);
  }
  const fileVariable = variableName(["config", "file"], prefix);
  assertDistinct(settings, fileVariable);
  return { groups, prefix, fileVariable, tree, settings };
}

/** Every variable that sets `setting`, the strongest first. */
export function variablesOf({ variable, fileVariable, aliases }: SettingDefinition): string[] {
  return fileVariable === undefined ? [variable, ...aliases] : [variable, fileVariable, ...aliases];
}

function toMember(
  schema: z.ZodType,
  path: readonly string[],
  prefix: string | undefined,
  settings: SettingDefinition[],
): GroupDefinition | SettingDefinition {
  assertIdentifier(path);
  const object = innermost(schema);
  if (object instanceof z.ZodObject) {
    const members = new Map<string, GroupDefinition | SettingDefinition>();
    for (const [name, part] of Object.entries(object.shape)) {
      members.set(name, toMember(part as z.ZodType, [...path, name], prefix, settings));
    }
    return { path, description: detailsOf(schema).description, schema, members };
  }
  const setting = toSetting(schema, path, prefix);
  settings.push(setting);
  return setting;
}

function toSetting(schema: z.ZodType, path: readonly string[], prefix: string | undefined): SettingDefinition {
  const key = path.join(".");
  if (!readsText(schema)) {
    throw new TypeError(
      `${key} is a zod ${kindOf(schema)}, which cannot be read from the text of a variable; use boolean(), ` +
        "integer(), number(), list() or json() from @plinth/config",
    );
  }
  const variable = variableName(path, prefix);
  const { options, aliases = [], description } = detailsOf(schema);
  const expects = expectsOf(schema);
  const secret = holdsSecret(schema);
  const fileVariable = secret ? `${variable}_FILE` : undefined;
  const inner = innermost(schema);
  const listed = options ?? (inner instanceof z.ZodEnum ? inner.options.map(String) : []);
  return { path, key, variable, fileVariable, aliases, secret, expects, options: listed, description, schema };
}

function variableName(path: readonly string[], prefix: string | undefined): string {
  const words = path.map((key) =>
    key.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2"),
  );
  return (prefix === undefined ? words : [prefix, ...words]).join("_").toUpperCase();
}

function assertIdentifier(path: readonly string[]): void {
  if (!/^[a-zA-Z][a-zA-Z0-9]*$/.test(path.at(-1) ?? "")) {
    throw new TypeError(`The key ${JSON.stringify(path.join("."))} must be letters and digits in camelCase`);
  }
}

function assertDistinct(settings: readonly SettingDefinition[], fileVariable: string): void {
  const owners = new Map([[fileVariable, "the path of the JSON file"]]);
  for (const setting of settings) {
    for (const name of variablesOf(setting)) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        throw new TypeError(`${setting.key} and ${owner} would both be set by ${name}; rename one`);
      }
      owners.set(name, setting.key);
    }
  }
}
