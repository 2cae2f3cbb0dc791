import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuditLog, type AuditLog } from "./audit-log.ts";
import { fileAuditSink, type FileAuditSinkOptions } from "./file-audit-sink.ts";
import { verifyAuditLog } from "./verify-audit-log.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "audit-"));
  path = join(folder, "audit.jsonl");
});

afterEach(() => rm(folder, { recursive: true }));

function openLog(options: Partial<FileAuditSinkOptions> = {}, key?: string): AuditLog {
  return createAuditLog({ sink: fileAuditSink({ path, ...options }), ...(key !== undefined && { key }) });
}

async function write(count: number, options: Partial<FileAuditSinkOptions> = {}, key?: string): Promise<AuditLog> {
  const log = openLog(options, key);
  for (let at = 0; at < count; at += 1) {
    log.record({ event: "test", at });
    await log.flush();
  }
  await log.close();
  return log;
}

describe("fileAuditSink", () => {
  it("goes on with the chain after a restart", async () => {
    await write(3);
    const { head } = await write(3);

    expect(await verifyAuditLog(path, { head })).toEqual({ ok: true, lines: 8, head });
  });

  it("goes on with the chain in a new file when one is full, and after a restart in between", async () => {
    await write(5, { maxBytes: 500 });
    const { head } = await write(5, { maxBytes: 500 });

    expect((await readdir(folder)).length).toBeGreaterThan(3);
    expect(await verifyAuditLog(path, { head })).toEqual({ ok: true, lines: 12, head });
  });

  it("takes out what a crash has torn, and records that", async () => {
    await write(3);
    await appendFile(path, '{"seq":5,"prev":"');

    const { head } = await write(1);

    expect(await verifyAuditLog(path, { head })).toMatchObject({ ok: true, lines: 6 });
    expect(JSON.parse((await readFile(path, "utf8")).split("\n")[4] ?? "")).toMatchObject({
      event: "opened",
      torn: { bytes: 17, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it("goes on after a last line that is not as it was written, and the line shows", async () => {
    await write(2);
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    await writeFile(path, `${lines.join("\n").replace('"at":1', '"at":9')}\n`);

    await write(1);

    expect(await verifyAuditLog(path)).toMatchObject({ ok: false, line: 3 });
    expect((await readFile(path, "utf8")).split("\n")[3]).toContain("The last line is not as it was written");
  });

  it("writes no further when somebody else writes or moves the file", async () => {
    const log = openLog();
    log.record({ at: 1 });
    await log.flush();
    await appendFile(path, "somebody else\n");
    log.record({ at: 2 });
    await log.flush();
    const afterWriting = log.problem;
    await log.close();

    const second = openLog({ path: join(folder, "second.jsonl") });
    second.record({ at: 1 });
    await second.flush();
    await rename(join(folder, "second.jsonl"), join(folder, "gone"));
    second.record({ at: 2 });
    await second.flush();

    expect(String(afterWriting)).toContain("was changed or moved by somebody else");
    expect(String(second.problem)).toContain("ENOENT");
    await second.close();
  });

  it("creates a file that its owner alone can read, and follows no link", async () => {
    await write(1);
    const target = join(folder, "target");
    await writeFile(target, "");
    await symlink(target, join(folder, "link"));

    const log = openLog({ path: join(folder, "link") });
    log.record({ at: 1 });
    await log.flush();

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(String(log.problem)).toContain("ELOOP");
    expect(await readFile(target, "utf8")).toBe("");
    await log.close();
  });

  it("recovers when the folder comes to be there", async () => {
    const log = createAuditLog({ sink: fileAuditSink({ path: join(folder, "later", "a.jsonl") }), retryMs: 10 });
    log.record({ at: 1 });
    await log.flush();
    const before = log.problem;

    await mkdir(join(folder, "later"));
    await expect.poll(() => log.problem).toBeUndefined();

    expect(String(before)).toContain("ENOENT");
    expect(await verifyAuditLog(join(folder, "later", "a.jsonl"))).toMatchObject({ ok: true, lines: 2 });
    await log.close();
  });

  it.each([{ maxBytes: 0 }, { fsync: "sometimes" }, { fsyncMs: Infinity }])("refuses %o", (options) => {
    expect(() => fileAuditSink({ path, ...options } as FileAuditSinkOptions)).toThrow(/ is .*; /);
  });
});

describe("verifyAuditLog", () => {
  it("finds the first line that was changed, taken out, put in or moved", async () => {
    await write(8);
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    const forged = '{"seq":4,"prev":"x","hash":"00"}';
    const at = fc.integer({ min: 0, max: lines.length - 2 });
    const tampering = fc.oneof(
      at.map((line) => ({ line, after: lines.with(line, lines[line]!.replace("Z", "Y")) })),
      at.map((line) => ({ line, after: lines.toSpliced(line, 1) })),
      at.map((line) => ({ line, after: lines.toSpliced(line, 0, forged) })),
      at.map((line) => ({ line: line + 1, after: lines.toSpliced(line, 0, lines[line]!) })),
      at.map((line) => ({ line, after: lines.with(line, lines[line + 1]!).with(line + 1, lines[line]!) })),
    );

    await fc.assert(
      fc.asyncProperty(tampering, async ({ line, after }) => {
        expect(await verifyAuditLog(after)).toMatchObject({ ok: false, line: line + 1 });
      }),
    );
  });

  it("finds that lines are missing at the end when it knows the last one", async () => {
    const { head } = await write(3);
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");

    const short = await verifyAuditLog(lines.slice(0, -1), { head });
    const blind = await verifyAuditLog(lines.slice(0, -1));

    expect(short).toEqual({ ok: false, line: 4, problem: "The line with the number 4 is missing" });
    expect(blind.ok).toBe(true);
  });

  it("does not take a chain that was made anew without the key", async () => {
    const key = "k".repeat(32);
    await write(2, {}, key);
    const kept = await readFile(path, "utf8");
    await rm(path);
    await write(2);

    const anew = await verifyAuditLog(path, { key });
    await writeFile(path, kept);

    expect(anew).toMatchObject({ ok: false, line: 1 });
    expect(await verifyAuditLog(path, { key })).toMatchObject({ ok: true });
    expect(await verifyAuditLog(path)).toMatchObject({ ok: false, line: 1 });
  });

  it("checks newer files alone from the line before them", async () => {
    await write(4);
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    const { seq, hash } = JSON.parse(lines[1] ?? "") as { seq: number; hash: string };

    expect(await verifyAuditLog(lines.slice(2), { after: { seq, hash } })).toMatchObject({ ok: true, lines: 3 });
    expect(await verifyAuditLog(lines.slice(2))).toMatchObject({ ok: false, line: 1 });
  });
});
