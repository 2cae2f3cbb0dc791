import { Console } from "node:console";
import { PassThrough } from "node:stream";
import { expect, it, vi } from "vitest";
import { stderrLogger } from "../../context/logger.ts";
import { guardStdout } from "./stdout-guard.ts";

function open() {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const lines: string[] = [];
  const log = stderrLogger({ write: (line) => void lines.push(line) });
  return { stdout, stderr, lines, log, guard: guardStdout({ stdout, stderr, log }) };
}

/** All that waits in a stream. From Node 26 on, one read() gives one chunk. */
function text(stream: PassThrough): string {
  let all = "";
  for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
    all += chunk.toString();
  }
  return all;
}

it("sends everybody's writes to stderr and the protocol's to stdout", () => {
  const { stdout, stderr, guard } = open();
  const console = new Console(stdout);

  console.log("hello %s", "world");
  stdout.write("raw ");
  guard.write("protocol\n");

  expect(text(stderr)).toBe("hello world\nraw ");
  expect(text(stdout)).toBe("protocol\n");
});

it("takes every form of write, and calls back", async () => {
  const { stdout, stderr } = open();
  const callback = vi.fn();

  stdout.write("6869", "hex", callback);
  stdout.write(new Uint8Array([33]), callback);
  await expect.poll(() => callback).toHaveBeenCalledTimes(2);

  expect(text(stderr)).toBe("hi!");
});

it("warns once per call site, naming it", () => {
  const { stdout, lines } = open();

  for (let round = 0; round < 3; round++) stdout.write("here");
  stdout.write("there");

  expect(lines).toHaveLength(2);
  expect(lines.every((line) => line.includes("stdout-guard.test.ts"))).toBe(true);
});

it("survives a logger that writes to stdout itself", () => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  guardStdout({ stdout, stderr, log: stderrLogger({ write: (line) => void stdout.write(line) }) });

  stdout.write("noise\n");

  const [warning = "", noise] = text(stderr).split("\n");
  expect(JSON.parse(warning)).toMatchObject({ level: "warn" });
  expect(noise).toBe("noise");
});

it("gives stdout back as it was", () => {
  const { stdout, guard } = open();
  const inherited = new PassThrough();
  const own = vi.fn(() => true);
  inherited.write = own;
  const second = guardStdout({ stdout: inherited, stderr: new PassThrough(), log: stderrLogger({ level: "silent" }) });

  guard.release();
  second.release();
  stdout.write("back");

  expect(Object.hasOwn(stdout, "write")).toBe(false);
  expect(inherited.write).toBe(own);
  expect(text(stdout)).toBe("back");
});

it("lets everything through after the release when somebody has wrapped it", () => {
  const { stdout, guard } = open();
  const guarded = stdout.write.bind(stdout);
  stdout.write = ((chunk: string) => guarded(`[${chunk}]`)) as typeof stdout.write;

  guard.release();
  stdout.write("through");

  expect(text(stdout)).toBe("[through]");
});
