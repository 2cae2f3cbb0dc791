import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyAuditLog } from "@plinth/middleware";
import { describe, expect, test } from "vitest";
import { eventually, startServer, type LogLine } from "./fixtures/running-server.ts";
import { mountSmallDisk } from "./fixtures/small-disk.ts";

const probe = await mountSmallDisk();
await probe?.[Symbol.asyncDispose]();

const linesOf = async (file: string): Promise<LogLine[]> =>
  (await readFile(file, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);

describe.runIf(probe !== undefined)("a full disk", () => {
  test("has calls refused that cannot be recorded, until there is room, and no call that ran goes without a record", async () => {
    await using disk = (await mountSmallDisk())!;
    const file = join(disk.folder, "audit.log");
    await using server = startServer({ env: { AUDIT_FILE: file, AUDIT_KEY: "k".repeat(32) } });
    const echo = () => server.call("echo", { text: "hi" });
    let ran = 0;
    const counted = async () => {
      const answer = await echo();
      if (answer.code === undefined) ran += 1;
      return answer;
    };
    for (let time = 0; time < 20; time += 1) await counted();
    await disk.fill();

    const refused = await eventually(counted, ({ code }) => code !== undefined);
    const alive = [await server.ready(), await server.metric("plinth_audit_sink_failing")];
    await server.logged(({ message }) => message === "Audit records cannot be written");
    await disk.makeRoom();
    await eventually(counted, ({ code }) => code === undefined);
    const recovered = await server.metric("plinth_audit_sink_failing");
    server.process.kill("SIGTERM");
    const exit = await server.exit;

    const records = (await linesOf(file)).filter(({ target }) => target === "echo");
    expect(refused).toMatchObject({ text: expect.stringContaining("Calls cannot be recorded now") });
    expect(alive).toEqual([200, 1]);
    expect(recovered).toBe(0);
    expect(exit).toEqual([0, null]);
    expect(records.filter(({ code }) => code === undefined)).toHaveLength(ran);
    expect(await verifyAuditLog(file, { key: "k".repeat(32) })).toMatchObject({ ok: true });
  });

  test("costs log lines beyond what can wait, which are counted, and no call", async () => {
    await using disk = (await mountSmallDisk())!;
    const file = join(disk.folder, "server.log");
    await using server = startServer({ env: { LOG_FILE: file } });
    await server.url();
    await disk.fill();

    const kept = await server.call("echo", { text: "kept" });
    const much = await server.call("log_much", { lines: 20_000 });
    const after = await server.call("echo", { text: "after" });
    const ready = await server.ready();
    await disk.makeRoom();
    const dropped = ({ message }: LogLine) => message === "Log lines were dropped";
    const told = await server.logged(dropped);
    server.process.kill("SIGTERM");
    const exit = await server.exit;

    const lines = await linesOf(file);
    const written = lines.filter(({ message }) => message === "Much").length;
    expect([kept.text, much.text, after.text, ready]).toEqual(["kept", "logged", "after", 200]);
    expect(told).toMatchObject({ level: "warn", reason: expect.stringMatching(/ENOSPC|too many lines at once/) });
    const lost = lines.filter(dropped).reduce((sum, line) => sum + Number(line["dropped"]), 0);
    expect(lost).toBeGreaterThan(0);
    expect(written + lost).toBeGreaterThanOrEqual(20_000);
    // What came before the flood waited for room.
    expect(lines.filter(({ target, outcome }) => target === "echo" && outcome === "ok")).not.toHaveLength(0);
    expect(exit).toEqual([0, null]);
  });

  test("under the database refuses what is written, leaves nothing of it, and goes on reading", async () => {
    await using disk = (await mountSmallDisk())!;
    const env = { DATABASE_PATH: join(disk.folder, "business.db") };
    await using server = startServer({ program: "main.ts", env });
    const content = `name,value\n${`${"x".repeat(30)},1\n`.repeat(20_000)}`;
    const write = () => server.call("import_dataset", { dataset_id: "large", format: "csv", content });
    const read = (id: string) => server.call("query_dataset", { dataset_id: id, limit: 1 });
    await read("films");
    await disk.fill();

    const refused = await write();
    const [films, large] = [await read("films"), await read("large")];
    await disk.makeRoom();
    const again = await write();

    expect(refused).toMatchObject({ code: "UNAVAILABLE", text: expect.stringContaining("out of room") });
    expect(films.structured).toMatchObject({ total: 3_201 });
    expect(large.text).toContain("large");
    expect(large.code).toBe("FAILED");
    expect(again.structured).toMatchObject({ rowCount: 20_000 });
  });

  test("does not keep the server from ending", async () => {
    await using disk = (await mountSmallDisk())!;
    const env = { LOG_FILE: join(disk.folder, "server.log"), AUDIT_FILE: join(disk.folder, "audit.log") };
    await using server = startServer({ env });
    await server.call("echo", { text: "hi" });
    await disk.fill();
    await server.call("log_much", { lines: 2_000 });

    server.process.kill("SIGTERM");

    expect(await server.exit).toEqual([0, null]);
  });
});

// Where no disk may be mounted, this one is always full.
test.runIf(existsSync("/dev/full"))(
  "an audit log that takes nothing from the start has every call refused",
  async () => {
    await using server = startServer({ env: { AUDIT_FILE: "/dev/full" } });

    const answers = [await server.call("echo", { text: "hi" }), await server.call("echo", { text: "hi" })];
    const ready = await server.ready();
    const failing = await server.metric("plinth_audit_sink_failing");
    server.process.kill("SIGTERM");

    expect(answers.map(({ text }) => text)).toEqual(
      answers.map(() => expect.stringContaining("cannot be recorded now")),
    );
    expect([ready, failing]).toEqual([200, 1]);
    expect(await server.exit).toEqual([0, null]);
  },
);
