import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { checkScrape } from "./check-scrape.ts";
import { hasPrometheus } from "./prometheus-process.ts";

const main = join(import.meta.dirname, "../../apps/example-server/src/main.ts");

it.skipIf(!hasPrometheus() && process.env.PLINTH_REQUIRE_PROMETHEUS !== "1")(
  "Prometheus scrapes the example server as it is started by its users",
  async () => {
    const cwd = await mkdtemp(join(tmpdir(), "scraped-"));
    const server = spawn(process.execPath, ["--conditions=@plinth/source", main, "--port", "0"], {
      cwd,
      env: { PATH: process.env.PATH ?? "", DATABASE_PATH: ":memory:", METRICS_PORT: "0" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exited = once(server, "exit");
    const told: { message?: string; url?: string; metrics?: string }[] = [];
    for await (const line of createInterface(server.stdout)) {
      told.push(JSON.parse(line) as (typeof told)[number]);
      if (told.at(-1)?.message === "Listening") break;
    }
    // Nobody reads on, and a full pipe must not be what ends it.
    server.stdout.resume();
    const metrics = told.find((line) => line.metrics !== undefined)?.metrics ?? "";
    const answer = await fetch(told.at(-1)?.url ?? "", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "list_datasets", arguments: {} },
      }),
    });

    const found = await checkScrape(metrics);
    server.kill("SIGTERM");

    expect(answer.status).toBe(200);
    expect(found).toEqual([
      expect.stringMatching(/^up: 1, server example-server /),
      expect.stringMatching(/^\d+ series of plinth_\*, [1-9]\d* calls$/),
      "0 exemplars",
      "no alert is on",
    ]);
    expect(await exited).toEqual([0, null]);
    await rm(cwd, { recursive: true });
  },
);
