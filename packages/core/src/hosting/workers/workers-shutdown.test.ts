import { describe, expect, it } from "vitest";
import { startLoad } from "../http/fixtures/load.ts";
import { startWorkers } from "./fixtures/start-workers.ts";
import { callTool, post } from "./fixtures/worker-client.ts";

// Each test starts three processes, which takes its time on a busy machine.
describe("stopping several workers", { timeout: 30_000 }, () => {
  it.each([
    ["SIGTERM", "the primary"],
    ["SIGINT", "the whole group"],
  ] as const)(
    "by %s to %s fails no call under load, waits for those that run, and ends with 0",
    async (signal, whom) => {
      await using server = await startWorkers();
      const pid = server.primary.pid as number;
      const kept = startLoad(server.url, { tool: "pid", clients: 16, keepAlive: true });
      const fresh = startLoad(server.url, { tool: "pid", clients: 16, keepAlive: false });
      await Promise.all([kept.answers(200), fresh.answers(200)]);
      const slow = callTool(server.url, "slow", { ms: 500 });
      const { pid: slowPid } = await server.logged(({ message }) => message === "Slow");

      process.kill(whom === "the primary" ? pid : -pid, signal);

      expect([await kept.failures, await fresh.failures]).toStrictEqual([[], []]);
      expect(await slow).toBe(slowPid);
      expect(await server.exit).toStrictEqual([0, null]);
      expect(server.log.map(({ message }) => message)).toStrictEqual(["Listening", "Slow", "Stopping"]);
    },
  );

  it("ends all of them at once on a second signal", async () => {
    await using server = await startWorkers();
    void post(server.url, "tools/call", { name: "slow", arguments: { ms: 60_000 } }).catch(() => undefined);
    await server.logged(({ message }) => message === "Slow");

    server.primary.kill("SIGTERM");
    await server.logged(({ message }) => message === "Stopping");
    server.primary.kill("SIGINT");

    expect(await server.exit).toStrictEqual([130, null]);
    await server.gone;
  });
});
