import { invalidTemplate, parseUriTemplate, type UriExpression, type UriTemplatePart } from "./parse-uri-template.ts";

/** A template in the form that `new URL()` gives the URIs it stands for, split where URIs are split. */
export interface NormalizedTemplate {
  /** Scheme, authority and path. */
  readonly path: readonly UriTemplatePart[];
  /** Without the `?` that begins it. */
  readonly query: readonly UriTemplatePart[];
  /** With the `#` that begins it. */
  readonly fragment: readonly UriTemplatePart[];
}

/**
 * Normalises a template's text as `new URL()` normalises the URIs that clients send (case of scheme and host, default
 * port, dot segments, escapes). For that, each expression is replaced by a marker that URLs leave alone, and put back
 * afterwards.
 *
 * @throws KitError `MISUSE` when that is not possible, for example for a variable in the scheme or the port
 */
export function normalizeTemplate(template: string): NormalizedTemplate {
  const parts = parseUriTemplate(template);
  const startsWithScheme = /^[a-z][a-z0-9+.-]*:/i.test(template);
  const mark = freeMark(template);
  const marked = parts.map((part, index) => {
    if (typeof part === "string") return part;
    return `${prefixOf(part)}${mark}${index}x`;
  });
  const url = startsWithScheme ? URL.parse(marked.join("")) : null;
  if (url === null) {
    throw invalidTemplate(
      template,
      "with its variables filled in it is no absolute URI. It must begin with a scheme, as data://users/{id}, and " +
        "have no variable in the scheme or the port",
    );
  }
  const restored: UriTemplatePart[] = [];
  for (const piece of url.href.split(new RegExp(`(${mark}\\d+x)`))) {
    const expression = piece.startsWith(mark) ? parts[Number(piece.slice(mark.length, -1))] : undefined;
    if (expression === undefined || typeof expression === "string") {
      restored.push(piece);
      continue;
    }
    // The operator's own character went into the URL with the marker.
    const before = restored.pop();
    restored.push(typeof before === "string" ? before.slice(0, before.length - prefixOf(expression).length) : "");
    restored.push(expression);
  }
  const kept = restored.filter((part) => part !== "");
  const expected = parts.filter((part) => typeof part !== "string");
  const actual = kept.filter((part) => typeof part !== "string");
  if (expected.length !== actual.length || expected.some((expression, index) => actual[index] !== expression)) {
    throw invalidTemplate(template, "its dot segments take a variable away. Write the path without . and ..");
  }
  return splitParts(kept);
}

/** Splits at the first `?` and the first `#`, which a URI's text has at most one of each in that role. */
function splitParts(parts: readonly UriTemplatePart[]): NormalizedTemplate {
  const split: Record<keyof NormalizedTemplate, UriTemplatePart[]> = { path: [], query: [], fragment: [] };
  let section: keyof NormalizedTemplate = "path";
  for (const part of parts) {
    if (typeof part !== "string") {
      if (part.operator === "#") section = "fragment";
      if (part.operator === "?" && section === "path") section = "query";
      split[section].push(part);
      continue;
    }
    for (const piece of part.split(/(?=#)|(\?)/)) {
      if (piece === undefined || piece === "") continue;
      if (piece === "?" && section === "path") {
        section = "query";
        continue;
      }
      if (piece.startsWith("#")) section = "fragment";
      split[section].push(piece);
    }
  }
  return split;
}

/** What an expression's expansion begins with. */
function prefixOf({ operator }: UriExpression): string {
  return operator === "+" ? "" : operator;
}

/** Letters that the template does not contain; lower case, because hosts are. */
function freeMark(template: string): string {
  let mark = "qz";
  while (template.toLowerCase().includes(mark)) mark += "z";
  return mark;
}
