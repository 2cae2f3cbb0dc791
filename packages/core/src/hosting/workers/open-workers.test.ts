import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spawnWorkers, startWorkers } from "./fixtures/start-workers.ts";
import { callTool, post, workersAt } from "./fixtures/worker-client.ts";

// Each test starts three or four processes, which takes its time on a busy machine.
describe("several workers", { timeout: 30_000 }, () => {
  it("serve one free port in turn, as many as WORKERS says, and say so once", async () => {
    await using server = await startWorkers({}, { WORKERS: "3" });

    const pids = await workersAt(server.url);

    expect(pids.size).toBe(3);
    expect(pids).not.toContain(server.primary.pid);
    expect(server.log).toStrictEqual([expect.objectContaining({ message: "Listening", workers: 3 })]);
  });

  it("go on while one that was killed is replaced after a while", async () => {
    await using server = await startWorkers();
    const [killed = 0, ...rest] = await workersAt(server.url);

    process.kill(killed, "SIGKILL");
    const died = await server.logged(({ message }) => message === "A worker died");
    const meanwhile = await workersAt(server.url);
    const replaced = await server.logged(({ message }) => message === "A dead worker was replaced");
    const after = await workersAt(server.url);

    expect(died).toMatchObject({ level: "error", pid: killed, code: null, signal: "SIGKILL" });
    expect(died["restartInMs"]).toBeGreaterThanOrEqual(500);
    expect(died["restartInMs"]).toBeLessThanOrEqual(1_000);
    expect(meanwhile).toStrictEqual(new Set(rest));
    expect(after).toStrictEqual(new Set([...rest, replaced["pid"]]));
  });

  it("keep the port while all of them are dead: who connects is served by the first that is back", async () => {
    await using server = await startWorkers();
    const killed = await workersAt(server.url);

    for (const pid of killed) process.kill(pid, "SIGKILL");
    await expect.poll(() => server.log.filter(({ message }) => message === "A worker died")).toHaveLength(2);
    const served = await callTool(server.url, "pid");

    expect(served).toBeGreaterThan(0);
    expect(killed).not.toContain(served);
  });

  it("take all but one of the connections that come while one of them is stuck", async () => {
    await using server = await startWorkers();
    const answered: number[] = [];
    void post(server.url, "tools/call", { name: "block" }).catch(() => undefined);
    const { pid: stuck } = await server.logged(({ message }) => message === "Blocking");

    for (let sent = 0; sent < 5; sent += 1) {
      void callTool(server.url, "pid").then(
        (pid) => answered.push(pid),
        () => undefined,
      );
    }
    await expect.poll(() => answered).toHaveLength(4);

    expect(new Set(answered).size).toBe(1);
    expect(answered).not.toContain(stuck);
  });

  it("serve a connection that another one was given and did not take before it died", async () => {
    await using server = await startWorkers();
    const [frozen = 0, other] = await workersAt(server.url);

    process.kill(frozen, "SIGSTOP");
    const calls = [callTool(server.url, "pid"), callTool(server.url, "pid")];
    await Promise.race(calls);
    process.kill(frozen, "SIGKILL");

    expect(await Promise.all(calls)).toStrictEqual([other, other]);
  });

  it("end with status 1 when they cannot start, and say why once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "plinth-workers-"));
    const file = join(folder, "away");
    await writeFile(file, "");

    await using server = spawnWorkers({ workers: 3 }, { NO_DATABASE: file });
    const exit = await server.exit;
    await rm(folder, { recursive: true });

    expect(exit).toStrictEqual([1, null]);
    expect(server.log).toMatchObject([
      { level: "error", message: 'Service "database" failed to start: no database here' },
      { level: "error", message: expect.stringMatching(/^Worker \d+ ended before it could serve/) as string },
    ]);
  });

  it("do not start at all when the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;

    await using server = spawnWorkers({ workers: 2, http: { port } });
    const exit = await server.exit;
    other.close();

    expect(exit).toStrictEqual([1, null]);
    expect(server.log).toMatchObject([{ level: "error", message: expect.stringContaining(`Port ${port}`) as string }]);
  });

  it("refuse to keep the sessions of legacy clients", async () => {
    await using server = spawnWorkers({ workers: 2, http: { port: 0, legacy: "sessions" } });

    const exit = await server.exit;

    expect(exit).toStrictEqual([1, null]);
    expect(server.log).toMatchObject([
      { level: "error", message: expect.stringContaining('use legacy: "stateless"') as string },
    ]);
  });
});
