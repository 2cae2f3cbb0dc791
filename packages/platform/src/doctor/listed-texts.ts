import { isRecord } from "./json-record.ts";
import type { NodeBudget } from "./schema-nodes.ts";
import type { Trail } from "./trail.ts";

/** One text of a listing. */
export interface ListedText {
  readonly text: string;
  readonly trail: Trail;
  /** Whether it is the name of a member, such as a parameter's, and not a value. */
  readonly isName: boolean;
}

/** Names that need no look: what is plain is neither invisible nor a secret. */
const plainName = /^[\w$.-]{0,20}$/;

/** All texts of a listing, names of members included. What is in it twice counts once. */
export function listedTexts(listed: unknown, budget: NodeBudget): readonly ListedText[] {
  const texts: ListedText[] = [];
  const seen = new Set<object>();
  const open: { readonly value: object; readonly trail: Trail | undefined }[] = [];
  function visit(value: unknown, trail: Trail | undefined): void {
    if (typeof value === "string") {
      if (trail !== undefined) texts.push({ text: value, trail, isName: false });
    } else if (typeof value === "object" && value !== null && !seen.has(value) && budget.left > 0) {
      budget.left -= 1;
      seen.add(value);
      open.push({ value, trail });
    }
  }
  visit(listed, undefined);
  for (const { value, trail: parent } of open) {
    for (const [key, inner] of Object.entries(value)) {
      const trail = { key, parent };
      if (isRecord(value) && !plainName.test(key)) texts.push({ text: key, trail, isName: true });
      visit(inner, trail);
    }
  }
  return texts;
}
