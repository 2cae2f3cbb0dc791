import { Agent, request } from "undici";
import { serveContestant } from "../serve-contestant.ts";

serveContestant({
  async part(url) {
    const dispatcher = new Agent();
    return {
      async run(id) {
        const { body } = await request(`${url}?id=${id}`, { dispatcher });
        return ((await body.json()) as { message: string }).message;
      },
    };
  },
});
