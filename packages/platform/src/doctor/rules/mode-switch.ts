import type { ExaminedTool } from "../examine.ts";
import { isRecord, member } from "../json-record.ts";
import type { Rule } from "../rule.ts";
import { showList, showText } from "../show-text.ts";
import { wordsOf } from "../words.ts";

const switches = new Set(["action", "mode", "operation", "op", "command", "cmd"]);

/** What tools do. A value that begins with one of these says what happens, where `fast` or `json` say how. */
const verbs = new Set(
  [
    "add analyze append apply approve archive assign build cancel check clear close comment compare connect convert copy",
    "create decrypt delete deploy describe disable disconnect download drop edit enable encrypt execute export fetch",
    "generate get ignore import insert install invite kill list load lock merge modify move open pause post publish purge put",
    "query read remove rename replace report reset restart restore resume revoke run save search send set share show",
    "start status stop submit subscribe summarize sync test transform translate uninstall unlock unsubscribe update upload",
    "validate verify view watch write",
  ].flatMap((line) => line.split(" ")),
);

export const modeSwitch: Rule = {
  id: "mode-switch",
  severity: "warning",
  finds: "a tool with an `action`, `mode`, `operation` or `command` that turns it into another tool",
  why:
    "Annotations, scopes, limits and confirmations hold for the whole tool, so reading is treated like deleting, and the model " +
    "must learn which parameters go with which action. Counted are choices of which two or more begin with a verb.",
  remedy: "Make one tool of each action, each with its own parameters and annotations.",
  *check({ tools }) {
    for (const tool of tools) {
      for (const name of namesOf(tool)) {
        const choices = choicesOf(tool, name);
        const actions = choices.filter((choice) => verbs.has(wordsOf(choice)[0] ?? ""));
        if (actions.length < 2) continue;
        yield { component: tool, message: `${showText(name)} decides what it does: ${showList(choices)}.` };
      }
    }
  },
};

function namesOf(tool: ExaminedTool): readonly string[] {
  const names = rootSchemas(tool).flatMap((schema) => Object.keys(membersOf(schema)));
  // One tool has one or two; spelled in every letter case there could be thousands.
  return [...new Set(names)].filter((name) => switches.has(name.toLowerCase())).slice(0, 10);
}

/** What may stand there: an enumeration, or a constant in each branch. */
function choicesOf(tool: ExaminedTool, name: string): readonly string[] {
  const places = rootSchemas(tool).map((schema) => member(membersOf(schema), name));
  const schemas = places.flatMap((place) => [place, ...branchesOf(place)]);
  const values = schemas.flatMap((schema) => {
    const list = member(schema, "enum");
    return Array.isArray(list) ? (list as readonly unknown[]) : [member(schema, "const")];
  });
  return [...new Set(values.filter((value) => typeof value === "string"))];
}

/** The input, and the shapes it may have. */
function rootSchemas({ input }: ExaminedTool): readonly unknown[] {
  return [input, ...branchesOf(input)];
}

function branchesOf(schema: unknown): readonly unknown[] {
  return ["anyOf", "oneOf"].flatMap((keyword) => {
    const list = member(schema, keyword);
    return Array.isArray(list) ? (list as readonly unknown[]) : [];
  });
}

function membersOf(schema: unknown): Readonly<Record<string, unknown>> {
  const properties = member(schema, "properties");
  return isRecord(properties) ? properties : {};
}
