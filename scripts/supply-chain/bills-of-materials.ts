import { execFile } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** The bill of materials of one package: what is installed with it, in CycloneDX's JSON. */
export interface BillOfMaterials {
  /** The name of the file, such as `plinth-core-1.0.0.cdx.json`. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  /** How many packages it lists. */
  readonly components: number;
}

/**
 * Writes a bill of materials for every package that may be published, from the lockfile.
 *
 * @param root The repository's folder.
 * @param folder Where to write them; made when it is missing.
 * @throws Error when pnpm fails, or writes something else than CycloneDX.
 */
export async function writeBillsOfMaterials(root: string, folder: string): Promise<BillOfMaterials[]> {
  await mkdir(folder, { recursive: true });
  const what = ["--filter", "./packages/*", "sbom", "--prod", "--sbom-format", "cyclonedx", "--lockfile-only"];
  await execute("pnpm", [...what, "--split", "--out", join(folder, "%s-%v.cdx.json")], { cwd: root });
  const files = (await readdir(folder)).filter((file) => file.endsWith(".cdx.json")).toSorted();
  return Promise.all(files.map((file) => readBill(folder, file)));
}

async function readBill(folder: string, file: string): Promise<BillOfMaterials> {
  const { bomFormat, metadata, components } = JSON.parse(await readFile(join(folder, file), "utf8")) as {
    bomFormat: string;
    metadata: { component: { group?: string; name: string; version: string } };
    components?: unknown[];
  };
  if (bomFormat !== "CycloneDX") throw new Error(`${file} is no CycloneDX document.`);
  const { group, name, version } = metadata.component;
  return { file, name: group === undefined ? name : `${group}/${name}`, version, components: components?.length ?? 0 };
}
