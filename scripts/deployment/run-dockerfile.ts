import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { type Manifest, readWorkspace } from "../repository/workspace.ts";
import { cleanBuild } from "./clean-build.ts";
import { readStages } from "./dockerfile-stages.ts";
import { imageProblems } from "./image-problems.ts";
import { startImageServer } from "./image-server.ts";

// Builds what the Dockerfile builds, by its own steps in an empty folder, and tries the result. It needs no Docker, and so
// it says nothing about the base image, the packages of the distribution, and the kernel's walls around a container.
const root = resolve(process.argv[2] ?? join(import.meta.dirname, "../.."));
const report = (line: string): void => console.log(line);
const directory = await mkdtemp(join(tmpdir(), "plinth-image-"));
try {
  // The image's user has to get at it.
  await chmod(directory, 0o755);
  const stages = readStages(await readFile(join(root, "Dockerfile"), "utf8"));
  const ignoreFile = await readFile(join(root, ".dockerignore"), "utf8");
  const final = await cleanBuild(stages, { context: root, ignoreFile, directory, report });
  for (const stage of stages.slice(0, -1)) await rm(join(directory, stage.name), { recursive: true, force: true });

  const problems = await imageProblems({ app: final.cwd, developmentPackages: await developmentPackages() });
  if (problems.length > 0) throw new Error(`The image is not clean:\n${problems.slice(0, 40).join("\n")}`);
  report("The image holds what runs and nothing else; its packages are those of sbom.cdx.json.");

  const server = await startImageServer(final, report);
  try {
    await server.ready();
    await server.checkHealth();
    report(`Ready and healthy as ${final.user}. A client lists: ${await callTool(`${server.url}/mcp`)}`);
    const { code, signal } = await server.stop();
    if (code !== 0) throw new Error(`SIGTERM ended the server with ${code ?? signal}, not with 0.`);
  } finally {
    await server.kill();
  }
  const written = await readdir(join(final.root, "data"));
  report(`SIGTERM ended it with 0. It has written to /data: ${written.join(", ")}`);
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function callTool(url: string): Promise<string> {
  const client = new Client({ name: "run-dockerfile", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  try {
    const { isError, structuredContent } = await client.callTool({ name: "list_datasets", arguments: {} });
    const { datasets } = structuredContent as { datasets: { id: string }[] };
    if (isError === true || datasets.length === 0) throw new Error("list_datasets answered without data sets.");
    return datasets.map(({ id }) => id).join(", ");
  } finally {
    await client.close();
  }
}

/** What the repository or the server has as a `devDependency`, and no package of ours needs to run. */
async function developmentPackages(): Promise<Set<string>> {
  const { packages } = readWorkspace(root);
  const repository = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
  const manifests = packages.map(({ manifest }) => manifest);
  const server = manifests.find(({ name }) => name === "example-server");
  const needed = new Set(manifests.flatMap(({ dependencies }) => Object.keys(dependencies ?? {})));
  const named = [repository, server].flatMap((manifest) => Object.keys(manifest?.devDependencies ?? {}));
  return new Set(named.filter((name) => name === "@plinth/testing" || !needed.has(name)));
}
