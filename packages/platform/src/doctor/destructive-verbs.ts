import type { ExaminedTool } from "./examine.ts";
import { wordsOf } from "./words.ts";

/** What cannot be taken back: `destroys` loses data, `acts` reaches people or money. */
export interface DestructiveVerb {
  readonly verb: string;
  readonly effect: "destroys" | "acts";
}

const destroys = new Set(["delete", "drop", "remove", "overwrite", "erase", "destroy", "purge", "wipe", "truncate"]);
const acts = new Set(["send", "pay", "refund", "charge", "transfer", "revoke", "terminate", "kill"]);

/** A name that begins so asks and does not do: `list_deleted`, `get_transfer`. */
const asks = new Set(
  (
    "get list read search find fetch show describe count check preview query validate is has can view browse lookup " +
    "estimate explain undo undelete restore compare draft plan suggest simulate"
  ).split(" "),
);

/** First words of descriptions, as people conjugate them: what "sends" sends an answer, and what "removes" may trim a text. */
const told: ReadonlyMap<string, string> = new Map(
  ["delete", "overwrite", "erase", "destroy", "purge", "wipe", "pay", "refund"].flatMap((verb) => [
    [verb, verb],
    [verb.endsWith("y") && !/[aeo]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`, verb],
  ]),
);
const adverbs = new Set(["permanently", "irrevocably", "immediately", "this", "tool"]);

/** The verb by which a tool's name, or the first words of its description, say that it destroys or acts. */
export function destructiveVerb({ name, description = "" }: ExaminedTool): DestructiveVerb | undefined {
  const words = wordsOf(name);
  if (words.some((word, index) => asks.has(word) && index < 2)) return undefined;
  // remove_user, user.delete, acme_user_delete. What acts is a noun too, so it must come first: pay_invoice, not create_refund.
  const places = [words[0], words[1], words.at(-1)];
  const named = places.find((word = "", index) => destroys.has(word) || (index === 0 && acts.has(word)));
  const first = wordsOf(description.slice(0, 200)).find((word) => !adverbs.has(word)) ?? "";
  const verb = named ?? told.get(first);
  return verb === undefined ? undefined : { verb, effect: destroys.has(verb) ? "destroys" : "acts" };
}
