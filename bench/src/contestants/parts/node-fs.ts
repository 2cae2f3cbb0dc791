import { readFile } from "node:fs/promises";
import { serveContestant } from "../serve-contestant.ts";

serveContestant({
  part: async (file) => ({ run: async () => String((await readFile(file)).byteLength) }),
});
