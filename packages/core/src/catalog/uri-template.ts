import { normalizeTemplate } from "./normalize-template.ts";
import { invalidTemplate, parseUriTemplate, type UriExpression, type UriTemplatePart } from "./parse-uri-template.ts";
import { compileQuery, type QueryMatcher } from "./uri-query.ts";

/**
 * Characters beyond which no URI matches: longer ones are no addresses, and would fill the stack of the regular
 * expression.
 */
const maxUriLength = 16_384;

/** Values of a template's variables, from look-up to handler. */
export type UriVariables = Readonly<Record<string, string>>;

/** Matches URIs against one template and takes its variables out. */
export interface UriMatcher {
  readonly variables: readonly string[];
  /** The same for templates that differ only in the names of variables in the path. */
  readonly shape: string;
  /**
   * The variables, percent-decoded, or `undefined` if the URI does not match. Linear in the length of the URI, which
   * must be normalised. Variables that the URI leaves out are left out here. **Security:** a decoded value may hold any
   * character, `/` and `..` included.
   */
  match(uri: string): UriVariables | undefined;
}

/**
 * Compiles an RFC 6570 template for matching, which the RFC leaves open (section 1.4). The rules:
 *
 * - `{x}` takes one or more characters up to the next `/`, `?`, `#`, or the text that follows it in the template,
 *   whichever comes first; `{x,y}` needs both. `{+x}` takes anything up to the query or fragment and must stand at the
 *   end, but for text.
 * - `{/x}` and `{.x}` may be left out at the end of the path, and must be there elsewhere; `{;x}` and `{#x}` may always
 *   be left out.
 * - `{?x,y}`, `{&x}` and `name={x}` match query parameters in any order; a parameter the template does not know is no
 *   match.
 * - Text is compared after both sides went through `new URL()`.
 *
 * Each variable ends where the following text first appears, so the regular expression never has two ways to go on.
 *
 * @throws KitError `MISUSE` with a sentence for the author when the template is malformed or ambiguous
 */
export function compileUriTemplate(template: string): UriMatcher {
  const expressions = parseUriTemplate(template).filter((part) => typeof part !== "string");
  const { path, query, fragment } = normalizeTemplate(template);
  const main = compilePath(template, path);
  const queryMatcher = compileQuery(template, query);
  const hash = compilePath(template, fragment);
  const variables = expressions.flatMap(({ names }) => names);
  // Most URIs belong to other templates, and this tells most of those apart at once.
  const prefix = typeof path[0] === "string" ? path[0] : "";
  return {
    variables,
    shape: JSON.stringify([main.pattern.source, queryMatcher.shape, hash.pattern.source]),
    match(uri) {
      if (!uri.startsWith(prefix) || uri.length > maxUriLength) return undefined;
      const [, base = "", search, rest] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(uri) ?? [];
      return decodeVariables([
        matchNamed(main, base),
        queryMatcher.match(search === undefined ? undefined : search.slice(1)),
        matchNamed(hash, rest ?? ""),
      ]);
    },
  };
}

/** A part's pattern, and the variables that its groups hold, in order. */
interface NamedPattern {
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

function matchNamed({ pattern, names }: NamedPattern, text: string): ReturnType<QueryMatcher["match"]> {
  const groups = pattern.exec(text);
  return groups === null ? undefined : names.map((name, index) => [name, groups[index + 1]]);
}

function decodeVariables(found: readonly ReturnType<QueryMatcher["match"]>[]): UriVariables | undefined {
  const decoded: [string, string][] = [];
  for (const pairs of found) {
    if (pairs === undefined) return undefined;
    for (const [name, value] of pairs) {
      if (value === undefined) continue;
      try {
        decoded.push([name, decodeURIComponent(value)]);
      } catch {
        return undefined;
      }
    }
  }
  // `fromEntries` defines properties, so a variable may be called `__proto__`.
  return Object.fromEntries(decoded);
}

function compilePath(template: string, parts: readonly UriTemplatePart[]): NamedPattern {
  let source = "";
  let text = "";
  for (const [index, part] of parts.entries()) {
    if (typeof part === "string") {
      source += escape(part);
      text += part;
    } else {
      source += expressionPattern(template, part, { before: text, after: parts.slice(index + 1) });
      text += "{}";
    }
  }
  const names = parts.flatMap((part) => (typeof part === "string" ? [] : part.names));
  return { pattern: new RegExp(`^${source}$`, "s"), names };
}

/** Where an expression stands. */
interface Surroundings {
  /** What precedes it, with expressions as `{}`. */
  readonly before: string;
  readonly after: readonly UriTemplatePart[];
}

function expressionPattern(template: string, expression: UriExpression, place: Surroundings): string {
  const { source, operator, names } = expression;
  const next = place.after[0];
  const isLast = next === undefined || (typeof next === "string" && place.after.length === 1);
  const stop = stopAt(template, expression, next, isLast);
  const inAuthority = /^[^:]+:\/\/[^/]*$/.test(place.before);
  // In an authority, user info and port must not hide in a variable that is meant for a host.
  const taken = (excluded: string): string => `((?:${stop}[^/?#${inAuthority ? ":@" : ""}${excluded}])+)`;
  const optional = next === undefined;
  switch (operator) {
    case "":
      return names.map(() => taken(names.length > 1 ? "," : "")).join(",");
    case "+":
      if (!isLast) {
        throw invalidTemplate(template, `${source} may take anything, so only text may follow it`);
      }
      return `((?:${stop}[^?#])+)`;
    case "#":
      return "(?:#(.*))?";
    case ".":
    case "/": {
      const excluded = operator === "." && names.length > 1 ? "." : "";
      const steps = names.map(() => `${escape(operator)}${taken(excluded)}`);
      return optional ? steps.reduceRight((inner, step) => `(?:${step}${inner})?`, "") : steps.join("");
    }
    case ";":
      if (typeof next === "string" && !next.startsWith("/")) {
        throw invalidTemplate(template, `the text after ${source} must begin with /`);
      }
      // A name without a value has an empty one. The look-ahead keeps `;ab` from being read as `;a`.
      return names.map((name) => `(?:;${escape(name)}(?![^;=/])=?([^;/]*))?`).join("");
    case "?":
    case "&":
      throw invalidTemplate(template, `${source} belongs in the query: begin it with {?...} behind the path`);
  }
}

/** A look-ahead that ends a variable where what follows it begins. */
function stopAt(
  template: string,
  { source }: UriExpression,
  next: UriTemplatePart | undefined,
  isLast: boolean,
): string {
  if (next === undefined) return "";
  if (typeof next === "string") return `(?!${escape(next)}${isLast ? "$" : ""})`;
  if (next.operator === "" || next.operator === "+") {
    throw invalidTemplate(template, `put text between ${source} and ${next.source}, or nobody can tell where one ends`);
  }
  return `(?!${escape(next.operator)})`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
