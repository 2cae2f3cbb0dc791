import { type Manifest, packageOf, runtimeDependencies, type Workspace, type WorkspacePackage } from "./workspace.ts";

/** What one package may use at run time. */
interface Layer {
  /** Packages of ours, without the scope; `*` is every one above it in the table. */
  readonly ours: readonly string[];
  /** Packages of ours of which only types may be imported. */
  readonly typesOf?: readonly string[];
  /** Packages of others; undefined when the design does not restrict them. */
  readonly others?: readonly string[];
}

const SDK_SERVER = ["@modelcontextprotocol/server", "@modelcontextprotocol/core", "@modelcontextprotocol/node"];

/** The package table of the design, top to bottom: a package imports only what stands above it, as named here. */
const LAYERS: ReadonlyMap<string, Layer> = new Map<string, Layer>([
  ["core", { ours: [], others: [...SDK_SERVER, "zod"] }],
  ["config", { ours: [], others: ["zod"] }],
  ["redaction", { ours: [], others: [] }],
  ["middleware", { ours: ["core", "redaction"], others: ["cockatiel", "lru-cache"] }],
  ["auth", { ours: ["core"], others: ["jose"] }],
  [
    "observability",
    {
      ours: ["core", "redaction"],
      others: ["pino", "pino-pretty", "@opentelemetry/api", "@opentelemetry/sdk-node", "prom-client"],
    },
  ],
  ["url-fetcher", { ours: [], others: ["cockatiel", "undici"] }],
  ["file-operations", { ours: [], others: [] }],
  ["code-executor", { ours: [], others: ["isolated-vm", "pyodide"] }],
  ["code-mode", { ours: ["core", "code-executor"], others: ["minisearch"] }],
  ["redis", { ours: ["core"], typesOf: ["middleware"] }],
  ["tasks", { ours: ["core"] }],
  ["openapi", { ours: ["core", "url-fetcher"] }],
  ["proxy", { ours: ["core"] }],
  ["platform", { ours: ["*"] }],
  ["testing", { ours: ["core"], typesOf: ["middleware"] }],
  ["cli", { ours: ["platform"] }],
  ["create-plinth", { ours: ["platform"] }],
]);

/**
 * Checks that sources and manifests respect the layer order. Tests may use `@plinth/testing` as well, whatever its
 * place; apps may use every package.
 *
 * @param workspace The repository.
 * @param layers The table; the design's unless a test brings its own.
 * @returns One sentence per violation; none when all is well.
 */
export function layerProblems(workspace: Workspace, layers: ReadonlyMap<string, Layer> = LAYERS): string[] {
  return workspace.packages
    .filter(({ folder }) => folder.startsWith("packages/"))
    .flatMap((member) => {
      const layer = layers.get(shortName(member.name));
      if (layer === undefined) {
        return [`${member.name} has no place in the layer table; add it to scripts/repository/layers.ts.`];
      }
      return [...importProblems(member, layer, layers), ...manifestProblems(member, layer, layers)];
    });
}

function importProblems(member: WorkspacePackage, layer: Layer, layers: ReadonlyMap<string, Layer>): string[] {
  return member.files
    .filter(({ isTest }) => !isTest)
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, typeOnly }) => {
        const target = packageOf(specifier);
        if (target === undefined || target === member.name) return [];
        if (isAllowed(member.name, target, typeOnly, layer, layers)) return [];
        return [`${path} imports ${target}, which ${member.name} may not use${typeOnly ? " even for types" : ""}.`];
      }),
    );
}

function manifestProblems(
  { name, manifest }: { name: string; manifest: Manifest },
  layer: Layer,
  layers: ReadonlyMap<string, Layer>,
): string[] {
  const runtime = runtimeDependencies(manifest)
    .filter((target) => !isAllowed(name, target, true, layer, layers))
    .map((target) => `${name} depends on ${target}, which it may not use.`);
  const forTests = Object.keys(manifest.devDependencies ?? {})
    .filter((target) => target.startsWith("@plinth/") && target !== "@plinth/testing")
    .filter((target) => !isAllowed(name, target, true, layer, layers))
    .map((target) => `${name} has ${target} for its tests, which it may not use.`);
  return [...runtime, ...forTests];
}

function isAllowed(
  from: string,
  target: string,
  typeOnly: boolean,
  layer: Layer,
  layers: ReadonlyMap<string, Layer>,
): boolean {
  const order = [...layers.keys()];
  const place = order.indexOf(shortName(target));
  if (place === -1) return layer.others?.includes(target) ?? true;
  if (layer.ours.includes("*")) return place < order.indexOf(shortName(from));
  return layer.ours.includes(shortName(target)) || (typeOnly && (layer.typesOf ?? []).includes(shortName(target)));
}

function shortName(name: string): string {
  return name.replace(/^@plinth\//, "");
}
