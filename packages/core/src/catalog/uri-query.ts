import { invalidTemplate, type UriTemplatePart } from "./parse-uri-template.ts";

/** Variables with their values as they stand in the URI. */
export type RawVariables = readonly (readonly [name: string, value: string | undefined])[];

/** Matches the query of a URI, in any order of its parameters. */
export interface QueryMatcher {
  readonly shape: string;
  /** @param query without its `?`; `undefined` when the URI has none */
  match(query: string | undefined): RawVariables | undefined;
}

/** What a template says about one query parameter. */
type Parameter =
  | { readonly kind: "fixed"; readonly value: string | undefined }
  | { readonly kind: "required" | "optional"; readonly variable: string };

/**
 * Compiles the query of a template: `fixed=1` and `name={x}` must be there, what `{?x}` and `{&x}` name may be.
 *
 * @throws KitError `MISUSE` for an expression that is not a parameter's whole value
 */
export function compileQuery(template: string, parts: readonly UriTemplatePart[]): QueryMatcher {
  const parameters = toParameters(template, parts);
  const demanded = [...parameters].filter(([, { kind }]) => kind !== "optional");
  return {
    shape: JSON.stringify([...parameters].toSorted(([one], [other]) => (one < other ? -1 : 1))),
    match(query) {
      const sent = splitQuery(query);
      if (sent === undefined || demanded.some(([key]) => !sent.has(key))) return undefined;
      const found: (readonly [string, string | undefined])[] = [];
      for (const [key, value] of sent) {
        const parameter = parameters.get(key);
        if (parameter === undefined) return undefined;
        if (parameter.kind !== "fixed") found.push([parameter.variable, value ?? ""]);
        else if (parameter.value !== value) return undefined;
      }
      return found;
    },
  };
}

function toParameters(template: string, parts: readonly UriTemplatePart[]): ReadonlyMap<string, Parameter> {
  const parameters = new Map<string, Parameter>();
  const add = (key: string, parameter: Parameter): void => {
    if (parameters.has(key)) throw invalidTemplate(template, `it has the query parameter ${key} twice`);
    parameters.set(key, parameter);
  };
  let pending = "";
  const flush = (): void => {
    if (pending !== "") add(...splitPair(pending));
    pending = "";
  };
  for (const [index, part] of parts.entries()) {
    if (typeof part === "string") {
      const before = parts[index - 1];
      if (typeof before === "object" && !part.startsWith("&")) {
        throw invalidTemplate(template, `in the query, the text after ${before.source} must begin with &`);
      }
      const [first = "", ...others] = part.split("&");
      pending += first;
      for (const pair of others) {
        flush();
        pending = pair;
      }
    } else if (part.operator === "?" || part.operator === "&") {
      if (part.operator === "?" && index > 0) {
        throw invalidTemplate(template, `write {&...} in place of ${part.source}`);
      }
      flush();
      for (const name of part.names) add(name, { kind: "optional", variable: name });
    } else {
      const key = pending.slice(0, -1);
      const next = parts[index + 1];
      const ends = typeof next !== "object" || next.operator === "&";
      const [variable, second] = part.names;
      const isWhole = pending.endsWith("=") && key !== "" && !key.includes("=") && ends;
      if (!isWhole || variable === undefined || second !== undefined || !["", "+"].includes(part.operator)) {
        throw invalidTemplate(template, `${part.source} must be the whole value of a query parameter, as name={name}`);
      }
      pending = "";
      add(key, { kind: "required", variable });
    }
  }
  flush();
  return parameters;
}

function splitPair(pair: string): [key: string, parameter: Parameter] {
  const [key, value] = cut(pair);
  return [key, { kind: "fixed", value }];
}

/** Parameters by name; `undefined` when one comes twice, because then nobody can say which one counts. */
function splitQuery(query: string | undefined): ReadonlyMap<string, string | undefined> | undefined {
  const sent = new Map<string, string | undefined>();
  for (const pair of (query ?? "").split("&")) {
    if (pair === "") continue;
    const [key, value] = cut(pair);
    if (sent.has(key)) return undefined;
    sent.set(key, value);
  }
  return sent;
}

function cut(pair: string): [key: string, value: string | undefined] {
  const equals = pair.indexOf("=");
  return equals === -1 ? [pair, undefined] : [pair.slice(0, equals), pair.slice(equals + 1)];
}
