import { member } from "./json-record.ts";

/** A change of a module's variable by one of its functions. */
interface Write {
  readonly line: number;
  /** Lines on which the calls begin that the write stands in: a component is known by the line of its `define` call. */
  readonly within: readonly number[];
}

/** A variable of a module that functions change. */
interface SharedVariable {
  readonly name: string;
  /** `a let`, `a Map`. */
  readonly what: string;
  readonly line: number;
  readonly writes: readonly Write[];
}

/** What {@link scanModule} gives: none when the file does not parse. */
export type ModuleScan = readonly SharedVariable[];

/** `parseSync` of oxc-parser, as far as it is used. */
export type Parse = (
  path: string,
  source: string,
) => { readonly program: unknown; readonly errors: readonly unknown[] };

/** A node of the syntax tree (ESTree). */
interface Node {
  readonly type: string;
  readonly start: number;
}

interface Visit {
  readonly node: Node;
  /** Names that the functions around it declare, and so are not the module's; `undefined` outside of functions. */
  readonly hidden: ReadonlySet<string> | undefined;
  readonly within: readonly number[];
}

const mutators = new Set(
  "set add delete clear push pop shift unshift splice sort reverse fill copyWithin append".split(" "),
);
const collections = new Set(["Map", "Set", "Array"]);

/** Finds the variables of a module that its functions change. Nothing of the module is run. */
export function scanModule(path: string, source: string, parse: Parse): ModuleScan {
  const { program, errors } = parse(path, source);
  if (errors.length > 0) return [];
  const lineAt = lineCounter(source);
  const variables = new Map<string, { what: string; line: number; writes: Write[] }>();
  for (const statement of nodes(program, "body")) {
    const declaration = statement.type === "ExportNamedDeclaration" ? child(statement, "declaration") : statement;
    if (declaration?.type !== "VariableDeclaration" || member(declaration, "declare") === true) continue;
    for (const declarator of nodes(declaration, "declarations")) {
      const name = identifier(child(declarator, "id"));
      const what = sharedKind(String(member(declaration, "kind")), child(declarator, "init"));
      if (name !== undefined && what !== undefined) {
        variables.set(name, { what, line: lineAt(declarator.start), writes: [] });
      }
    }
  }
  if (variables.size === 0) return [];

  const open: Visit[] = [{ node: program as Node, hidden: undefined, within: [] }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { node, hidden } = visit;
    let { within } = visit;
    if (node.type === "CallExpression") within = [...within.slice(-20), lineAt(node.start)];
    const inner = isFunction(node) ? new Set([...(hidden ?? []), ...declaredIn(node)]) : hidden;
    if (inner !== undefined) {
      for (const name of writtenBy(node)) {
        if (!inner.has(name)) variables.get(name)?.writes.push({ line: lineAt(node.start), within });
      }
    }
    for (const next of children(node)) open.push({ node: next, hidden: inner, within });
  }
  return [...variables]
    .filter(([, { writes }]) => writes.length > 0)
    .map(([name, { writes, ...rest }]) => ({ name, ...rest, writes: writes.toSorted((a, b) => a.line - b.line) }));
}

function sharedKind(kind: string, init: Node | undefined): string | undefined {
  if (kind === "let" || kind === "var") return `a ${kind}`;
  const value = unwrapped(init);
  if (value?.type === "ArrayExpression") return "a list";
  if (value?.type === "ObjectExpression") return "an object";
  const made = value?.type === "NewExpression" ? identifier(child(value, "callee")) : undefined;
  return made !== undefined && collections.has(made) ? `a ${made}` : undefined;
}

/** The names that a node changes. A variable that is set once, when it is first needed, is not state: `??=` is left out. */
function writtenBy(node: Node): readonly string[] {
  switch (node.type) {
    case "AssignmentExpression":
      return member(node, "operator") === "??=" && child(node, "left")?.type === "Identifier"
        ? []
        : targets(child(node, "left"));
    case "UpdateExpression":
      return targets(child(node, "argument"));
    case "UnaryExpression":
      return member(node, "operator") === "delete" ? targets(child(node, "argument")) : [];
    case "CallExpression":
      return changedByCall(node);
    default:
      return [];
  }
}

function changedByCall(call: Node): readonly string[] {
  const callee = child(call, "callee");
  if (callee?.type !== "MemberExpression") return [];
  const method = identifier(child(callee, "property")) ?? "";
  const object = child(callee, "object");
  if (identifier(object) === "Object" && method === "assign") return targets(nodes(call, "arguments")[0]);
  return mutators.has(method) ? targets(object) : [];
}

/** The variables at the root of what is written to: `a` of `a.b[c]`, and those of a pattern. */
function targets(node: Node | undefined): readonly string[] {
  const target = unwrapped(node);
  switch (target?.type) {
    case undefined:
      return [];
    case "Identifier":
      return [identifier(target) ?? ""];
    case "MemberExpression":
      return targets(child(target, "object"));
    case "ArrayPattern":
      return nodes(target, "elements").flatMap(targets);
    case "ObjectPattern":
      return nodes(target, "properties").flatMap((property) => targets(child(property, "value")));
    case "AssignmentPattern":
      return targets(child(target, "left"));
    default:
      return [];
  }
}

/** Everything that a function declares, in whatever block: a name that is hidden somewhere in it counts as its own. */
function declaredIn(root: Node): ReadonlySet<string> {
  const names = new Set<string>(nodes(root, "params").flatMap(targets));
  const open = [...children(root)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === "VariableDeclarator" || node.type.endsWith("Declaration")) {
      for (const name of targets(child(node, "id"))) names.add(name);
    }
    if (node.type === "CatchClause") for (const name of targets(child(node, "param"))) names.add(name);
    if (!isFunction(node)) open.push(...children(node));
  }
  return names;
}

function isFunction({ type }: Node): boolean {
  return type === "FunctionDeclaration" || type === "FunctionExpression" || type === "ArrowFunctionExpression";
}

/** An expression without what TypeScript and parentheses put around it. */
function unwrapped(node: Node | undefined): Node | undefined {
  let inner = node;
  while (
    inner !== undefined &&
    /^(?:TS\w+Expression|ParenthesizedExpression|ChainExpression|RestElement)$/.test(inner.type)
  ) {
    inner = child(inner, "expression") ?? child(inner, "argument");
  }
  return inner;
}

function identifier(node: Node | undefined): string | undefined {
  const name = node?.type === "Identifier" ? member(node, "name") : undefined;
  return typeof name === "string" ? name : undefined;
}

function child(node: unknown, key: string): Node | undefined {
  const value = member(node, key);
  return isNode(value) ? value : undefined;
}

function nodes(node: unknown, key: string): readonly Node[] {
  const list = member(node, key);
  return Array.isArray(list) ? list.filter(isNode) : [];
}

function children(node: Node): readonly Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Tells the line of a place in a text. */
function lineCounter(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
