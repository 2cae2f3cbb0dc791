import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import type { SandboxProcess } from "../backends/sandbox-backend.ts";
import { sandboxProcesses } from "../fixtures/children.ts";
import { ProcessStarter } from "./process-starter.ts";

let starter = new ProcessStarter();

afterEach(async () => {
  await starter.close();
  starter = new ProcessStarter();
});

/** Starts `cat`, and says whether what it was sent came back. */
async function echoes(started: SandboxProcess): Promise<boolean> {
  const answered = new Promise<string>((resolve) => {
    started.output.once("data", (chunk: Buffer) => resolve(chunk.toString()));
  });
  started.input.write("hello");
  const answer = await answered;
  started.kill();
  const { signal } = await started.exited;
  return answer === "hello" && signal === "SIGKILL";
}

const cat = async (): Promise<boolean> => echoes(await starter.start(["/bin/cat"], { cwd: "/" }));

/** The process that does the starting once it is up. */
async function helper(): Promise<number> {
  await cat();
  await expect.poll(() => sandboxProcesses().length, { timeout: 10_000 }).toBe(1);
  return sandboxProcesses()[0] as number;
}

describe.skipIf(process.platform !== "linux")("starting processes", () => {
  it("goes on while the helper for it comes up, and by it afterwards", async () => {
    expect(await cat()).toBe(true);
    await helper();

    expect(await Promise.all([cat(), cat(), cat()])).toEqual([true, true, true]);
  });

  it("goes on when the helper was killed", async () => {
    process.kill(await helper(), "SIGKILL");

    await expect.poll(() => sandboxProcesses()).toEqual([]);
    expect(await cat()).toBe(true);
  });

  it("says what cannot be started, in either way", async () => {
    const start = async (): Promise<unknown> => await starter.start(["/no/such/command"], { cwd: "/" });
    const refusal = { code: "unavailable", message: expect.stringContaining("ENOENT") as string };

    await expect(start()).rejects.toMatchObject(refusal);
    await helper();
    await expect(start()).rejects.toMatchObject(refusal);
  });

  it("hands over what a process reads from its third descriptor", async () => {
    const start = (): SandboxProcess | Promise<SandboxProcess> =>
      starter.start(["/bin/sh", "-c", "cat <&3"], { cwd: "/", extraInput: Buffer.from("filter") });
    const said = async (started: SandboxProcess): Promise<string> => await text(started.output);

    const before = await said(await start());
    await helper();

    expect([before, await said(await start())]).toEqual(["filter", "filter"]);
  });
});
