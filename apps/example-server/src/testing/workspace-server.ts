import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createServer, type AnyPlinthServer, stderrLogger } from "@plinth/core";
import { exposeRefusals } from "../expose-refusals.ts";
import { listFiles } from "../tools/list-files.ts";
import { readFile } from "../tools/read-file.ts";
import { searchFiles } from "../tools/search-files.ts";
import { writeFile } from "../tools/write-file.ts";
import { workspaceService } from "../workspace-service.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";
import { testConfig } from "./test-server.ts";

/** A server with the tools for files, and an empty workspace of its own. */
export interface WorkspaceServer extends AsyncDisposable {
  readonly server: AnyPlinthServer;
  /** The folder of the workspace. */
  readonly root: string;
  /** The folder that the workspace is in, for what must not be reached. */
  readonly outside: string;
}

/** Makes a {@link WorkspaceServer}, on every system. Disposing it closes the server and removes the folders. */
export async function createWorkspaceServer(
  settings: { readonly maxBytes?: number; readonly maxFileBytes?: number } = {},
): Promise<WorkspaceServer> {
  const folder = await createTemporaryFolder();
  const root = join(folder.path, "workspace");
  await mkdir(root);
  const { files } = testConfig({ files: { guarantee: "best-effort", ...settings } });
  const server = createServer({
    name: "test",
    version: "0",
    log: stderrLogger({ level: "silent" }),
    services: { workspace: workspaceService({ ...files, root }) },
    components: [listFiles, readFile, writeFile, searchFiles],
  }).use(exposeRefusals);
  return {
    server,
    root,
    outside: folder.path,
    async [Symbol.asyncDispose]() {
      await server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
