import { basename, dirname, join } from "node:path";
import { openRoot } from "@plinth/file-operations";
import { serveContestant } from "../serve-contestant.ts";

serveContestant({
  async part(file) {
    const folder = dirname(file);
    const root = await openRoot(dirname(dirname(folder)));
    const path = join(basename(dirname(folder)), basename(folder), basename(file));
    return { run: async () => String((await root.read(path)).byteLength) };
  },
});
