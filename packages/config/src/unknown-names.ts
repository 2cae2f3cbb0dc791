import { printableName, type ConfigProblem } from "./config-error.ts";
import { variablesOf, type ConfigDefinition, type GroupDefinition, type SettingDefinition } from "./define-config.ts";
import { isRecord } from "./is-record.ts";
import { nearestName } from "./nearest-name.ts";

type Members = ReadonlyMap<string, GroupDefinition | SettingDefinition>;

/** Below this length one edit leads to unrelated names: `POST` is no misspelt `PORT`. */
const shortestNearMiss = 8;

/**
 * Keys of `root` that belong to no setting, and groups that are not objects. Values are not quoted: a misspelt key can
 * hold a secret. A top-level `$schema` is for editors and passes.
 */
export function unknownKeys(definition: ConfigDefinition, root: object, place: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(root, definition.tree, []);
  return problems;

  function visit(value: object, members: Members, path: readonly string[]): void {
    for (const [key, part] of Object.entries(value)) {
      const member = members.get(key);
      const name = keyText([...path, key]);
      if (member === undefined) {
        if (name === "$schema" || part === undefined) continue;
        const suggestion = suggestKey(key, path, members, definition.settings);
        problems.push({ kind: "unknown", name, source: place, message: "is not a known key", ...suggestion });
      } else if ("members" in member && part !== undefined) {
        if (isRecord(part)) visit(part, member.members, member.path);
        else problems.push({ kind: "invalid", name, source: place, message: "must be an object of settings" });
      }
    }
  }
}

/**
 * Variables that look meant for this configuration but set nothing. With a prefix that is every other `PREFIX_*`;
 * without one the names belong to everybody, and only what is one typo away from a setting counts.
 */
export function unknownVariables(
  definition: ConfigDefinition,
  variables: Readonly<Record<string, string | undefined>>,
  place: string,
): ConfigProblem[] {
  const known = new Set([definition.fileVariable, ...definition.settings.flatMap(variablesOf)]);
  return Object.keys(variables).flatMap((name): ConfigProblem[] => {
    if (known.has(name) || variables[name] === undefined) return [];
    const isOurs = definition.prefix !== undefined && name.startsWith(`${definition.prefix}_`);
    const meant = nearestName(name, known, isOurs ? undefined : name.length >= shortestNearMiss ? 1 : 0);
    if (!isOurs && (definition.prefix !== undefined || meant === undefined)) return [];
    const suggestion = meant === undefined ? {} : { suggestion: meant };
    return [
      { kind: "unknown", name: printableName(name), source: place, message: "is not a known variable", ...suggestion },
    ];
  });
}

function suggestKey(
  key: string,
  path: readonly string[],
  members: Members,
  settings: readonly SettingDefinition[],
): { suggestion?: string } {
  const sibling = nearestName(key, members.keys());
  if (sibling !== undefined) return { suggestion: keyText([...path, sibling]) };
  const elsewhere = settings.find((setting) => setting.path.at(-1) === key);
  return elsewhere === undefined ? {} : { suggestion: elsewhere.key };
}

function keyText(path: readonly string[]): string {
  return path.map(printableName).join(".");
}
