import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { serveContestant } from "../serve-contestant.ts";

const start = promisify(execFile);
const around = (code: string): string =>
  `(async (input) => { ${code} })(JSON.parse(process.argv[1])).then((value) => console.log(JSON.stringify(value)))`;

serveContestant({
  part: async (code) => ({
    async run(id) {
      const { stdout } = await start(process.execPath, ["-e", around(code), JSON.stringify({ id })]);
      return String(JSON.parse(stdout));
    },
  }),
});
