import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scriptedBackend, type ScriptedChild } from "./fixtures/scripted-backend.ts";
import { createCodeExecutor, type RunOptions, type RunResult } from "./index.ts";

/** Runs a program in a sandbox that does as the script says, and gives the result and what was left alive. */
async function runScript(
  script: (child: ScriptedChild) => void,
  options: RunOptions = {},
): Promise<{ result: RunResult; alive: number; errors: unknown[] }> {
  const backend = scriptedBackend(script);
  const errors: unknown[] = [];
  const pool = { javascript: 0 };
  await using executor = createCodeExecutor({ backend, pool, onError: (error) => errors.push(error) });
  const result = await executor.run("return 1", options);
  return { result, alive: backend.alive.size, errors };
}

const crashed = { ok: false, failure: "crashed", message: "The sandbox ended unexpectedly." };

describe("a child that a program has taken over", () => {
  it.each<[string, (child: ScriptedChild) => void]>([
    ["bytes that are no frame", (child) => child.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"))],
    ["a frame that claims four gigabytes", (child) => child.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))],
    ["a frame that is no JSON", (child) => child.write(Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.from("{]}")]))],
    ["a message of no known type", (child) => child.say({ type: "exec", command: "id" })],
    ["a message in place of a text", (child) => child.say({ type: "output", stream: "stdout", text: { toString: 1 } })],
    ["that it is ready, again", (child) => child.say({ type: "ready" })],
    ["nesting instead of a message", (child) => child.say({ type: [[[[[[]]]]]] })],
    ["its end", (child) => child.exit({ code: 1, signal: null, diagnostics: "/secret/path" })],
  ])("is ended when it sends %s, and the client learns nothing of it", async (_, script) => {
    const { result, alive, errors } = await runScript(script);

    expect(result).toMatchObject(crashed);
    expect(errors).toHaveLength(1);
    expect(alive).toBe(0);
  });

  it("cannot call what the run was not given, by no name and no kind", async () => {
    const calls: unknown[] = [];
    const functions = { host: { echo: (args: unknown) => calls.push(args) } };
    const names = ["host.toString", "__proto__", "constructor", "host.__proto__.constructor", "host", ""];

    const { result } = await runScript(
      (child) => {
        names.forEach((name, id) => child.say({ type: "call", id, kind: "functions", name, args: "[]" }));
        child.say({ type: "call", id: 90, kind: "fetch", name: "fetch", args: '["http://127.0.0.1/"]' });
        child.say({ type: "call", id: 91, kind: "files", name: "readText", args: '["a"]' });
        setImmediate(() => child.say({ type: "done", json: JSON.stringify(child.received()), cpuMs: 1 }));
      },
      { capabilities: { functions } },
    );

    expect(calls).toEqual([]);
    expect((result as { value: string }).value.match(/was not given/g)).toHaveLength(names.length + 2);
  });

  it.each<[string, string, RunOptions, (child: ScriptedChild) => void]>([
    [
      "output",
      "output-limit",
      { limits: { outputBytes: 100 } },
      (child) => child.say({ type: "output", stream: "stdout", text: "x".repeat(200) }),
    ],
    [
      "empty pieces of output",
      "output-limit",
      { limits: { outputLines: 100 } },
      (child) => {
        for (let count = 0; count < 200; count += 1) child.say({ type: "output", stream: "stdout", text: "" });
      },
    ],
    [
      "a result",
      "output-limit",
      { limits: { resultBytes: 10 } },
      (child) => child.say({ type: "done", json: '"0123456789"', cpuMs: 1 }),
    ],
    [
      "a result's nesting",
      "output-limit",
      { limits: { depth: 3 } },
      (child) => child.say({ type: "done", json: "[[[[]]]]", cpuMs: 1 }),
    ],
    ["a result that is no JSON", "output-limit", {}, (child) => child.say({ type: "done", json: "{", cpuMs: 1 })],
    [
      "artifacts",
      "output-limit",
      { limits: { artifactBytes: 2 } },
      (child) => child.say({ type: "artifact", name: "a", base64: "AAAA" }),
    ],
    [
      "a path for an artifact",
      "output-limit",
      {},
      (child) => child.say({ type: "artifact", name: "../../etc/passwd", base64: "" }),
    ],
    [
      "calls",
      "output-limit",
      { limits: { calls: 3 } },
      (child) => {
        for (let id = 0; id < 9; id += 1) child.say({ type: "call", id, kind: "fetch", name: "fetch", args: "[]" });
      },
    ],
  ])("is held to the limits by the host itself: %s", async (_, failure, options, script) => {
    const { result, alive } = await runScript(script, options);

    expect(result).toMatchObject({ ok: false, failure });
    expect(alive).toBe(0);
  });

  it("cannot keep more calls on their way than it may", async () => {
    const functions = { host: { never: () => new Promise(() => {}) } };

    const { result } = await runScript(
      (child) => {
        for (let id = 0; id < 9; id += 1) {
          child.say({ type: "call", id, kind: "functions", name: "host.never", args: "[]" });
        }
      },
      { capabilities: { functions }, limits: { callsInFlight: 8 } },
    );

    expect(result).toMatchObject(crashed);
  });

  it("cannot make the host wait longer than the limit by saying nothing", async () => {
    const { result, alive } = await runScript(() => {}, { limits: { wallMs: 50 } });

    expect(result).toMatchObject({ ok: false, failure: "timeout" });
    expect(alive).toBe(0);
  });

  it.each([
    [0, undefined],
    [1, 1],
    [2, 1],
    [2 ** 53 - 1, 1],
    [-1, undefined],
  ])("cannot name line %d of a program of one line", async (line, shown) => {
    const { result } = await runScript((child) =>
      child.say({ type: "failed", failure: "thrown", message: "x", line, cpuMs: 1 }),
    );

    expect((result as { line?: number }).line).toBe(shown);
  });

  it("cannot put control characters or endless text into a message", async () => {
    const message = `\u001b]0;owned\u0007${"x".repeat(100_000)}`;

    const { result } = await runScript((child) =>
      child.say({ type: "failed", failure: "thrown", message, cpuMs: 1e300 }),
    );

    expect((result as { message: string }).message).toMatch(/^\]0;ownedx{3000,4000}$/);
    expect(result.usage.cpuMs).toBeLessThan(1e6);
  });

  it("ends a run with a result or a failure, whatever it writes", { timeout: 60_000 }, async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.record({
        type: fc.constantFrom("output", "call", "done", "failed", "artifact"),
        id: fc.jsonValue(),
        name: fc.jsonValue(),
        args: fc.jsonValue(),
        json: fc.jsonValue(),
        cpuMs: fc.double(),
        text: fc.string(),
        stream: fc.constantFrom("stdout", "stderr", "x"),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 5 }), async (pieces) => {
        const { result, alive } = await runScript(
          (child) => {
            for (const piece of pieces) {
              if (piece instanceof Uint8Array) child.write(piece);
              else child.say(piece);
            }
            child.exit({ code: 0, signal: null });
          },
          { limits: { wallMs: 500 } },
        );

        expect(typeof result.ok).toBe("boolean");
        expect(alive).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a backend", () => {
  it("that cannot start a sandbox fails the run with its reason", async () => {
    const backend = { ...scriptedBackend(() => {}), spawn: () => Promise.reject(new Error("no engine")) };
    await using executor = createCodeExecutor({ backend, pool: { javascript: 0 } });

    await expect(executor.run("return 1")).rejects.toThrow("no engine");
    expect(executor.isolation).toBe("container");
  });

  it("whose sandbox ends before it is ready fails the run with what it said", async () => {
    const backend = scriptedBackend(() => {});
    const spawn: typeof backend.spawn = (options) => {
      const started = backend.spawn(options);
      for (const child of backend.alive) child.exit({ code: 127, signal: null, diagnostics: "node: not found" });
      (started as { output: NodeJS.ReadableStream & { read(): unknown } }).output.read();
      return started;
    };
    await using executor = createCodeExecutor({ backend: { ...backend, spawn }, pool: { javascript: 0 } });

    await expect(executor.run("return 1")).rejects.toMatchObject({
      code: "unavailable",
      message: 'The sandbox could not be started: it ended with code 127, saying "node: not found".',
    });
  });
});
