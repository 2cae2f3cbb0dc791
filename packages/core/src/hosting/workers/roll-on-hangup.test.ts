import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startLoad } from "../http/fixtures/load.ts";
import { startWorkers } from "./fixtures/start-workers.ts";
import { workersAt } from "./fixtures/worker-client.ts";

// Each test starts at least four processes, which takes its time on a busy machine.
describe("SIGHUP", { timeout: 30_000 }, () => {
  it("replaces all workers and fails no call under load", async () => {
    await using server = await startWorkers();
    const before = await workersAt(server.url);
    const kept = startLoad(server.url, { tool: "pid", clients: 3, keepAlive: true });
    const fresh = startLoad(server.url, { tool: "pid", clients: 3, keepAlive: false });

    server.primary.kill("SIGHUP");
    await server.logged(({ message }) => message === "Replaced the workers");
    await Promise.all([kept.answers(50), fresh.answers(50)]);
    // On a busy machine one worker may take eight connections before the other has its turn.
    await expect.poll(async () => (await workersAt(server.url)).size).toBe(2);
    const after = await workersAt(server.url);
    kept.stop();
    fresh.stop();

    expect([await kept.failures, await fresh.failures]).toStrictEqual([[], []]);
    expect([...after].filter((pid) => before.has(pid))).toStrictEqual([]);
    expect(server.log.filter(({ level }) => level !== "info")).toStrictEqual([]);
  });

  it("keeps the workers that run when a new one cannot start", async () => {
    const folder = await mkdtemp(join(tmpdir(), "plinth-workers-"));
    const file = join(folder, "away");
    await using server = await startWorkers({}, { NO_DATABASE: file });
    const before = await workersAt(server.url);
    await writeFile(file, "");

    server.primary.kill("SIGHUP");
    const stopped = await server.logged(({ message }) => message.startsWith("Replacing the workers stopped"));
    const after = await workersAt(server.url);
    await rm(folder, { recursive: true });

    expect(stopped).toMatchObject({ level: "error" });
    expect(after).toStrictEqual(before);
  });
});
