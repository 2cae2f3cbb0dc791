import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodeExecutor } from "../../code-executor.ts";
import { createCodeExecutor } from "../../create-code-executor.ts";
import { containerBackend } from "./container-backend.ts";
import { standInImage, startEngine } from "./fixtures/stand-in-engine.ts";

/** The whole way: executor, backend, the engine's API, the child program and back. */
describe("an executor over a container engine", () => {
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let executor: CodeExecutor;

  beforeAll(async () => {
    engine = await startEngine();
    executor = createCodeExecutor({
      backend: containerBackend({ engine: engine.socketPath, image: standInImage, allowedImages: [standInImage] }),
      pool: { javascript: 1, typescript: 0, concurrency: 4 },
    });
    await executor.ready();
  });

  afterAll(async () => {
    await executor.close();
    await engine[Symbol.asyncDispose]();
  });

  it("says how strongly programs are kept apart", () => {
    expect(executor.isolation).toBe("container");
  });

  it("runs programs with input, output, capabilities and artifacts", async () => {
    const result = await executor.run(
      `console.log("to stdout"); console.error("to stderr");
       artifacts.write("report.txt", "done");
       return { sum: input.a + (await tools.two()), file: await inputFiles.readText("in.txt") };`,
      {
        input: { a: 40 },
        files: { "in.txt": "read me" },
        capabilities: { tools: { two: () => Promise.resolve(2) } },
      },
    );

    expect(result).toMatchObject({
      ok: true,
      value: { sum: 42, file: "read me" },
      stdout: "to stdout\n",
      stderr: "to stderr\n",
      artifacts: [{ name: "report.txt", bytes: new Uint8Array(Buffer.from("done")) }],
    });
  });

  it("carries a value of a megabyte through the engine's frames unharmed", async () => {
    const result = await executor.run("return 'é'.repeat(500_000)");

    expect(result).toMatchObject({ ok: true, value: "é".repeat(500_000) });
  });

  it.each([
    ["timeout", "for (;;);", { wallMs: 500 }],
    ["timeout", "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)", { wallMs: 500 }],
    ["out-of-memory", "const all = []; for (;;) all.push(new Array(1e5).fill(all.length));", {}],
    ["thrown", "throw new Error('no')", {}],
    ["syntax", "return (", {}],
    ["output-limit", "for (;;) console.log('x'.repeat(1000));", {}],
    ["capability-denied", "return fetch('http://127.0.0.1/')", {}],
  ])("contains a program that ends by %s", async (failure, code, limits) => {
    expect(await executor.run(code, { limits })).toMatchObject({ ok: false, failure });
  });

  it("stops a run that is cancelled", async () => {
    const cancel = new AbortController();

    const result = executor.run("await tools.stop(); for (;;);", {
      signal: cancel.signal,
      capabilities: { tools: { stop: () => cancel.abort() } },
    });

    expect(await result).toMatchObject({ ok: false, failure: "cancelled" });
  });

  it("tells a crash of the sandbox from a failure of the program", async () => {
    const result = await executor.run(
      "await tools.crash(); await new Promise((resolve) => setTimeout(resolve, 1e6));",
      {
        capabilities: {
          tools: {
            crash: () => {
              for (const { process } of engine.containers.values()) process?.kill("SIGTERM");
            },
          },
        },
      },
    );

    expect(result).toMatchObject({ ok: false, failure: "crashed" });
  });

  it("leaves no container behind", async () => {
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => executor.run(`return ${n}`)));
    await executor.close();

    expect(engine.containers.size).toBe(0);
  });
});
