import { KitError } from "../errors/kit-error.ts";

/**
 * How an expression expands (RFC 6570, section 3.2): simple, reserved, fragment, label, path, parameter, query, query
 * continued.
 */
export type UriOperator = "" | "+" | "#" | "." | "/" | ";" | "?" | "&";

/** An expression in braces. */
export interface UriExpression {
  /** As written, braces included. */
  readonly source: string;
  readonly operator: UriOperator;
  readonly names: readonly string[];
}

/** Pieces of a template in order. */
export type UriTemplatePart = string | UriExpression;

/** Why a template was refused, and what to write in its place. @returns a KitError `MISUSE` */
export function invalidTemplate(template: string, reason: string): KitError {
  return new KitError("MISUSE", `${JSON.stringify(template)} is not a usable URI template: ${reason}`);
}

/** Whether a resource's `uri` is a template. */
export function isUriTemplate(uri: string): boolean {
  return /[{}]/.test(uri);
}

/**
 * Splits an RFC 6570 template into literals and expressions. Modifiers are refused: a prefix (`{x:3}`) loses the value,
 * and an explosion (`{x*}`) makes lists, while variables here are strings.
 *
 * @throws KitError `MISUSE`
 */
export function parseUriTemplate(template: string): readonly UriTemplatePart[] {
  const parts = template.split(/(\{[^{}]*\})/).filter((part) => part !== "");
  const seen = new Set<string>();
  return parts.map((part) => {
    if (!part.startsWith("{") || !part.endsWith("}")) {
      if (isUriTemplate(part)) throw invalidTemplate(template, "it has a brace without a partner");
      return part;
    }
    const expression = parseExpression(template, part);
    for (const name of expression.names) {
      if (seen.has(name)) throw invalidTemplate(template, `it has the variable ${name} twice`);
      seen.add(name);
    }
    return expression;
  });
}

function parseExpression(template: string, source: string): UriExpression {
  const [, operator = "", list = ""] = /^\{([+#./;?&=,!@|]?)(.*)\}$/s.exec(source) ?? [];
  if (!isOperator(operator)) throw invalidTemplate(template, `${source} has an operator that RFC 6570 reserves`);
  const names = list.split(",");
  for (const name of names) {
    if (/^[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*$/.test(name)) continue;
    if (name.endsWith("*")) {
      throw invalidTemplate(
        template,
        `${source} explodes a list. Variables are strings: use {+name} for several segments`,
      );
    }
    if (name.includes(":")) throw invalidTemplate(template, `${source} takes a prefix. Use the whole variable`);
    throw invalidTemplate(template, `${source} needs variable names of letters, digits, _ and inner dots`);
  }
  if ((operator === "+" || operator === "#") && names.length > 1) {
    throw invalidTemplate(template, `${source} is ambiguous, because such values may hold commas. Use one variable`);
  }
  return { source, operator, names };
}

function isOperator(operator: string): operator is UriOperator {
  return ["", "+", "#", ".", "/", ";", "?", "&"].includes(operator);
}
