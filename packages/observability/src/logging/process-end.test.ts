import { spawn } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { logFolder } from "./fixtures/log-folder.ts";

const program = join(import.meta.dirname, "fixtures/logging-process.ts");

function start(ending: string, file?: string) {
  const flags = ["--conditions=@plinth/source", program, ending, ...(file === undefined ? [] : [file])];
  return spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "pipe"] });
}

const messages = (log: string): unknown[] =>
  log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { message: unknown }).message);

describe("at the end of a process", () => {
  it("everything is out after an exit, an error that nobody caught, and a graceful stop", async () => {
    const exiting = start("exit");
    const crashing = start("crash");
    const stopping = start("signal");

    const logs = Promise.all([text(exiting.stderr), text(crashing.stderr), text(stopping.stderr)]);
    await once(stopping.stdout, "data");
    stopping.kill("SIGTERM");

    expect((await logs).map(messages)).toEqual([
      ["first", "second"],
      ["first", "second"],
      ["first", "second", "stopping"],
    ]);
  });

  it("what was flushed survives a kill", async () => {
    const killed = start("signal");

    const log = text(killed.stderr);
    await once(killed.stdout, "data");
    killed.kill("SIGKILL");

    expect(messages(await log)).toEqual(["first", "second"]);
  });

  it("a reader that does not read, and a full disk, keep neither the server busy nor the process alive", async () => {
    using folder = logFolder();
    symlinkSync("/dev/full", folder.file);
    const unread = start("flood");
    const full = start("flood", folder.file);

    const exits = Promise.all([once(unread, "exit"), once(full, "exit")]);
    const [said, saidToo] = await Promise.all([text(unread.stdout), text(full.stdout)]);
    const codes = (await exits).map(([code]) => code as unknown);

    expect([said, saidToo]).toEqual(["alive, dropped\n", "alive, dropped\n"]);
    expect(codes).toEqual([0, 0]);
  });
});
