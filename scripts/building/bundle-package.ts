import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { rolldown, type OutputOptions } from "rolldown";

/** The parts of a `package.json` that say what the package is entered by. */
interface EntryManifest {
  readonly exports?: Readonly<Record<string, { readonly default?: string }>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** What {@link bundlePackage} has done, in paths inside `dist`. */
export interface BundleChanges {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Bundles a package's sources into `dist`: one file for what an entry point needs at once, one for what each dynamic
 * import adds. Every dependency stays an import. Files that are right already are not touched, and JavaScript in `dist`
 * that is no part of the bundle is removed.
 *
 * @param folder The package's folder; its manifest names the entry points, `./dist/x.js` being `src/x.ts`.
 * @returns What has changed.
 * @throws Error in the bundler's words, also for what it would only warn of.
 */
export async function bundlePackage(folder: string): Promise<BundleChanges> {
  const input = entriesOf(JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as EntryManifest);
  await using bundle = await rolldown({
    cwd: folder,
    input,
    external: (id) => !/^[./]|^[a-z]:[\\/]/i.test(id),
    platform: "node",
    preserveEntrySignatures: "strict",
    onLog(level, { message }) {
      if (level === "warn") throw new Error(`${basename(folder)}: ${message}`);
    },
  });
  const { output } = await bundle.generate({ ...legible, ...splitting(Object.keys(input).length) });
  const dist = join(folder, "dist");
  const files = new Map(output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]));
  return { written: await writeChanged(dist, files), removed: await removeOthers(dist, files) };
}

/** People read stack traces, and function names are part of messages; nothing is downloaded that would need to be small. */
const legible: OutputOptions = {
  format: "esm",
  keepNames: true,
  minify: false,
  minifyInternalExports: false,
  // The declarations have them.
  comments: { jsdoc: false },
  // The sources lie beside `dist`, in the package as well.
  sourcemap: true,
  sourcemapExcludeSources: true,
  entryFileNames: "[name].js",
  // No hashes, for stack traces that stay alike from build to build.
  chunkFileNames: "[name].js",
};

/**
 * Left to itself, the bundler splits what the entry point shares with a dynamic import from what it does not, and then
 * by which: 20 files to open instead of two. With several entry points that is right, since each must load its own alone.
 */
function splitting(entries: number): OutputOptions {
  return entries > 1 ? {} : { codeSplitting: { groups: [{ name: "initial", tags: ["$initial"] }] } };
}

function entriesOf({ exports = {}, bin = {} }: EntryManifest): Record<string, string> {
  const compiled = [...Object.values(exports).flatMap((conditions) => conditions.default ?? []), ...Object.values(bin)];
  return Object.fromEntries(
    compiled.map((file) => {
      const name = file.replace(/^\.\/dist\/(.+)\.js$/, "$1");
      return [name, `./src/${name}.ts`];
    }),
  );
}

/** A server that runs from `dist`, and a build beside this one, must not meet a file that is being written for nothing. */
async function writeChanged(dist: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<string[]> {
  const written: string[] = [];
  for (const [name, content] of files) {
    const path = join(dist, name);
    if ((await readFile(path).catch(() => undefined))?.equals(Buffer.from(content))) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    written.push(name);
  }
  return written;
}

async function removeOthers(dist: string, files: ReadonlyMap<string, unknown>): Promise<string[]> {
  const found = await readdir(dist, { recursive: true });
  const others = found
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\.js(\.map)?$/.test(name) && !files.has(name));
  await Promise.all(others.map((name) => rm(join(dist, name))));
  return others;
}
