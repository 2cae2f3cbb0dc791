import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { readWorkspace, type WorkspacePackage } from "../repository/workspace.ts";

const execute = promisify(execFile);
const TAR_BLOCK = 512;

/** A package as it would be published. */
export interface Tarball {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the `.tgz` file. */
  readonly path: string;
  /** Bytes of the `.tgz` file. */
  readonly size: number;
  /** What is in it, by path inside the package, with each file's bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** The specifiers it can be imported by, such as `@plinth/core`. */
  readonly entryPoints: readonly string[];
}

/**
 * Packs every package that may be published, exactly as `pnpm publish` would. Build first: this packs what is in `dist`.
 *
 * @param root The repository's folder.
 * @param destination An existing folder for the tarballs.
 * @returns The tarballs, in alphabetical order.
 * @throws Error when pnpm is not on the path or refuses to pack.
 */
export async function packAll(root: string, destination: string): Promise<Tarball[]> {
  const members = readWorkspace(root).packages.filter(({ manifest }) => manifest.private !== true);
  return Promise.all(members.map((member) => pack(root, member, destination)));
}

async function pack(root: string, member: WorkspacePackage, destination: string): Promise<Tarball> {
  const args = ["pack", "--json", "--pack-destination", destination];
  const { stdout } = await execute("pnpm", args, { cwd: join(root, member.folder) });
  const { name, version, filename } = JSON.parse(stdout) as { name: string; version: string; filename: string };
  const bytes = await readFile(filename);
  const subpaths = Object.keys(member.manifest.exports ?? {});
  const entryPoints = subpaths.map((subpath) => name + subpath.slice(1));
  return { name, version, path: filename, size: bytes.length, files: listTar(gunzipSync(bytes)), entryPoints };
}

/** Lists a tar archive: a 512-byte header per file (name at 0, octal size at 124, name's prefix at 345), then its blocks. */
function listTar(tar: Buffer): Map<string, number> {
  const files = new Map<string, number>();
  const text = (start: number, length: number): string => {
    const field = tar.subarray(start, start + length);
    return field.subarray(0, field.indexOf(0)).toString("utf8");
  };
  for (let at = 0; at + TAR_BLOCK <= tar.length && tar[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const prefix = text(at + 345, 155);
    const path = prefix === "" ? text(at, 100) : `${prefix}/${text(at, 100)}`;
    files.set(path.replace(/^package\//, ""), size);
    at += TAR_BLOCK + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  return new Map([...files].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
