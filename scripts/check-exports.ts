import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packAll, type Tarball } from "./publishing/tarballs.ts";

// Lints every tarball as a consumer would get it: publint for the manifest, attw for how the types resolve (ESM only).
const root = join(import.meta.dirname, "..");
const execute = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "plinth-exports-"));
try {
  const tarballs = await packAll(root, folder);
  const problems = await Promise.all(
    tarballs.map(async (tarball) => [...(await lint(tarball)), ...(await types(tarball))]),
  );
  for (const problem of problems.flat()) console.error(problem);
  console.log(`${tarballs.length} packages checked, ${problems.flat().length} problems.`);
  process.exitCode = problems.flat().length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function lint({ name, path }: Tarball): Promise<string[]> {
  const bytes = await readFile(path);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
  return messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
}

async function types({ name, path }: Tarball): Promise<string[]> {
  const attw = join(root, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  const args = [attw, path, "--profile", "esm-only", "--format", "ascii", "--no-emoji", "--no-color"];
  return execute(process.execPath, args).then(
    () => [],
    (error: { stdout?: string; message: string }) => [`${name}: ${error.stdout ?? error.message}`],
  );
}
