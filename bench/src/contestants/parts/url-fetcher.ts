import { createUrlFetcher } from "@plinth/url-fetcher";
import { serveContestant } from "../serve-contestant.ts";

serveContestant({
  async part(url) {
    const fetcher = createUrlFetcher({
      schemes: ["http"],
      ports: [Number(new URL(url).port)],
      allowAddresses: ["127.0.0.1/32"],
    });
    return {
      run: async (id) => ((await fetcher.json(`${url}?id=${id}`)) as { message: string }).message,
    };
  },
});
