import { afterAll, describe, expect, it } from "vitest";
import { sandboxProcesses } from "./fixtures/children.ts";
import { scriptedBackend } from "./fixtures/scripted-backend.ts";
import { type Capabilities, createCodeExecutor, GuestError, type RunOptions, type RunResult } from "./index.ts";

const longForm = process.env.PLINTH_ATTACK_SECONDS !== undefined;
const errors: unknown[] = [];
const executor = createCodeExecutor({ backend: "process", onError: (error) => errors.push(error) });

afterAll(() => executor.close());

/** The value of a program that must succeed. */
async function valueOf(code: string, options: RunOptions = {}): Promise<unknown> {
  const result = await executor.run(code, options);
  if (!result.ok) throw new Error(`${result.failure}: ${result.message}`);
  return result.value;
}

describe("a program", () => {
  it("returns its value through JSON, and may await at its top level", async () => {
    expect(
      await valueOf("const list = await Promise.all([1, 2]); return { list, at: new Date(0), no: undefined }"),
    ).toEqual({
      list: [1, 2],
      at: "1970-01-01T00:00:00.000Z",
    });
    expect(await valueOf("1 + 1")).toBeUndefined();
  });

  it("is given its input, and shares nothing with another run", async () => {
    const input = { name: "Ada", tags: ["a", null] };

    expect(await valueOf("globalThis.leftover = 1; input.name = 'changed'; return input", { input })).toEqual({
      name: "changed",
      tags: ["a", null],
    });
    expect(await valueOf("return [typeof leftover, input]", { input: 0 })).toEqual(["undefined", 0]);
    expect(await valueOf("return typeof input")).toBe("undefined");
    expect(input.name).toBe("Ada");
  });

  it("may be TypeScript, with types, enums and parameter properties", async () => {
    const code = `
      interface Point { x: number }
      enum Color { Red = 3 }
      class Box<T> { constructor(readonly value: T) {} }
      const point: Point = { x: Color.Red };
      return new Box(point as Point).value satisfies Point;`;

    expect(await valueOf(code, { language: "typescript" })).toEqual({ x: 3 });
  });

  it.each<[string, Partial<RunResult>, RunOptions]>([
    ["\n\nthrow new TypeError('no')", { ok: false, failure: "thrown", message: "TypeError: no", line: 3 }, {}],
    [
      "\nconst a: number = 1;\nthrow new Error(`no ${a}`)",
      { ok: false, failure: "thrown", line: 3 },
      { language: "typescript" },
    ],
    ["throw { a: 1n }", { ok: false, failure: "thrown", message: "Thrown: { a: 1n }" }, {}],
    ["const a = 1;\nreturn (", { ok: false, failure: "syntax", line: 2 }, {}],
    ["return 1 +", { ok: false, failure: "syntax", line: 1 }, {}],
    ["let a: = 1", { ok: false, failure: "syntax" }, { language: "typescript" }],
    [
      "Promise.reject(new Error('nobody waits')); await new Promise((r) => setTimeout(r, 500))",
      { ok: false, failure: "thrown", message: "Error: nobody waits" },
      {},
    ],
    [
      "setTimeout(() => { throw new Error('later') }, 1); await new Promise(() => {})",
      { ok: false, failure: "thrown", message: "Error: later" },
      {},
    ],
  ])("that fails says how, and where if it is known: %j", async (code, expected, options) => {
    expect(await executor.run(code, options)).toMatchObject(expected);
  });

  it("has its output kept apart, shown as people read it, and without control characters", async () => {
    const pieces: string[] = [];
    const code = `
      console.log("a", 1, { b: [true, null], m: new Map([["k", new Set([1])]]) }, [undefined, 1n, Symbol("s"), () => 1]);
      console.error("\\u001b[31mred\\u0007");
      console.warn(new Error("shown").message);`;

    const result = await executor.run(code, { onOutput: (text, stream) => pieces.push(`${stream}: ${text}`) });

    expect(result.stdout).toBe(
      'a 1 { b: [ true, null ], m: Map { "k" => Set { 1 } } } [ undefined, 1n, Symbol(s), [Function ] ]\n',
    );
    expect(result.stderr).toBe("[31mred\nshown\n");
    expect(pieces).toHaveLength(3);
    expect(result.usage.outputBytes).toBe(result.stdout.length + result.stderr.length);
  });

  it("reads the files that it was given, and makes files of its own", async () => {
    const files = { "a.txt": "héllo 🎉", "b.bin": new Uint8Array([0, 255, 128, 7]) };
    const code = `
      artifacts.write("copy.bin", inputFiles.read("b.bin"));
      artifacts.write("copy.txt", inputFiles.readText("a.txt") + "!");
      artifacts.write("same.txt", new TextEncoder().encode(inputFiles.readText("a.txt")));
      return [inputFiles.list(), new TextDecoder().decode(inputFiles.read("a.txt"))]`;

    const result = await executor.run(code, { files });

    expect(result).toMatchObject({ ok: true, value: [["a.txt", "b.bin"], "héllo 🎉"] });
    expect(result.artifacts.map(({ name, bytes }) => [name, Buffer.from(bytes).toString("latin1")])).toEqual([
      ["copy.bin", "\u0000\u00ff\u0080\u0007"],
      ["copy.txt", Buffer.from("héllo 🎉!").toString("latin1")],
      ["same.txt", Buffer.from("héllo 🎉").toString("latin1")],
    ]);
  });

  it("has no way to anything that it was not given", async () => {
    const result = await executor.run(
      "return [typeof process, typeof require, typeof module, typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics, typeof WeakRef, typeof FinalizationRegistry, new ArrayBuffer(8, { maxByteLength: 1e9 }).resizable, new Uint8Array(1).buffer.constructor === ArrayBuffer].join()",
    );

    expect(result).toMatchObject({ value: `${"undefined,".repeat(8)}false,true` });
  });

  it("that waits for what can never happen ends at once instead of at its time", async () => {
    expect(await executor.run("await new Promise(() => {})")).toMatchObject({ ok: false, failure: "timeout" });
  });
});

describe("limits", () => {
  it.each<[string, string, RunOptions["limits"]]>([
    ["while (true) {}", "timeout", { cpuMs: 100 }],
    ["await new Promise((resolve) => setTimeout(resolve, 1e6))", "timeout", { wallMs: 100 }],
    ["const a = []; for (;;) a.push({ a })", "out-of-memory", { memoryBytes: 16 * 1024 * 1024 }],
    ["for (;;) console.log('x')", "output-limit", { outputBytes: 100 }],
    ["for (;;) console.log('')", "output-limit", { outputLines: 100 }],
    ["return 'x'.repeat(11)", "output-limit", { resultBytes: 12 }],
    ["return 'é'.repeat(9)", "output-limit", { resultBytes: 12 }],
    ["return [[[[1]]]]", "output-limit", { depth: 3 }],
    ["for (let i = 0; i < 3; i++) artifacts.write('a' + i, '')", "output-limit", { artifacts: 2 }],
    ["artifacts.write('a', 'xxx')", "output-limit", { artifactBytes: 2 }],
    ["artifacts.write('../a', 'xxx')", "thrown", {}],
    ["for (;;) { try { await fetch('') } catch {} }", "timeout", { cpuMs: 200 }],
    ["return 'a long program'", "syntax", { sourceBytes: 10 }],
  ])("end a run: %s", async (code, failure, limits) => {
    expect(await executor.run(code, { limits: limits ?? {} })).toMatchObject({ ok: false, failure });
  });

  it("are quoted when they cannot be", async () => {
    await expect(executor.run("", { limits: { cpuMs: 0 } })).rejects.toMatchObject({
      code: "invalid",
      message: "The limit cpuMs is 0; it must be a whole number from 1 to 3600000.",
    });
    expect(() => createCodeExecutor({ backend: "process", limits: { memory: 1 } as never })).toThrow(
      'There is no limit "memory"',
    );
    expect(() => createCodeExecutor({ backend: "process", pool: { concurrency: 0 } })).toThrow("pool.concurrency is 0");
    expect(() => createCodeExecutor({ backend: "docker" as never })).toThrow('backend is "docker"');
  });

  it("leave what the program had said before", async () => {
    const result = await executor.run("console.log('before'); artifacts.write('a', 'b'); for (;;);", {
      limits: { cpuMs: 100 },
    });

    expect(result).toMatchObject({ failure: "timeout", stdout: "before\n", artifacts: [{ name: "a" }] });
    expect(result.usage.cpuMs).toBeGreaterThanOrEqual(100);
    expect(result.usage.peakMemoryBytes).toBeGreaterThan(1024 * 1024);
  });

  it("count calls, and let no more of them be on their way than allowed", async () => {
    let [now, most] = [0, 0];
    const { promise: five, resolve } = Promise.withResolvers<void>();
    const work = async (): Promise<void> => {
      now += 1;
      most = Math.max(most, now);
      if (now === 5) resolve();
      await five;
      now -= 1;
    };
    const capabilities = { functions: { host: { work } } };
    const flood = "await Promise.all(Array.from({ length: 40 }, () => host.work())); return 'done'";

    const allowed = await executor.run(flood, { capabilities, limits: { callsInFlight: 5 } });
    expect(most).toBe(5);
    const refused = await executor.run(flood, { capabilities, limits: { calls: 39 } });

    expect(allowed).toMatchObject({ ok: true, usage: { calls: 40 } });
    expect(refused).toMatchObject({ failure: "output-limit", message: "The program made more than 39 calls." });
  });
});

describe("capabilities", () => {
  const echo = { functions: { host: { echo: ([value]: readonly unknown[]) => value } } };

  it("are denied unless somebody names them, in words that say which", async () => {
    const results = await Promise.all(
      ["await fetch('http://a/')", "await files.readText('a')", "await tools.search({})", "await tools['a.b/c']()"].map(
        (code) => executor.run(code),
      ),
    );

    expect(results.map((result) => !result.ok && [result.failure, result.message])).toEqual([
      ["capability-denied", "CapabilityDenied: This run was not given fetch."],
      ["capability-denied", "CapabilityDenied: This run was not given files.readText."],
      ["capability-denied", "CapabilityDenied: This run was not given tools.search."],
      ["capability-denied", "CapabilityDenied: This run was not given tools.a.b/c."],
    ]);
    expect(await valueOf("try { await fetch('x') } catch (e) { return e.name }")).toBe("CapabilityDenied");
  });

  it("are those that both the executor allows and the run names", async () => {
    await using strict = createCodeExecutor({
      backend: "process",
      capabilities: { functions: echo.functions, tools: true },
    });

    expect(await strict.run("return await host.echo(1)", { capabilities: { functions: true } })).toMatchObject({
      value: 1,
    });
    expect(await strict.run("return typeof host", { capabilities: {} })).toMatchObject({ value: "undefined" });
    expect(
      await strict.run("return await tools.x(2)", { capabilities: { tools: { x: (args) => args } } }),
    ).toMatchObject({ value: 2 });
    await expect(strict.run("", { capabilities: { files: {} } })).rejects.toThrow(
      'names the capability "files", which the executor does not allow',
    );
    await expect(strict.run("", { capabilities: { tools: true } })).rejects.toThrow("the executor has none to share");
    await expect(strict.run("", { capabilities: { net: true } as never })).rejects.toThrow(
      'There is no capability "net"',
    );
  });

  it("are the executor's for a run that says nothing of them", async () => {
    await using generous = createCodeExecutor({ backend: "process", capabilities: { ...echo, tools: true } });

    expect(await generous.run("return await host.echo(1)")).toMatchObject({ value: 1 });
    expect(await generous.run("await tools.x()")).toMatchObject({ failure: "capability-denied" });
  });

  it("fetch for whom the run is for", async () => {
    const principals: unknown[] = [];
    const fetch = {
      fetch: (_url: string, { principal }: { readonly principal?: string }) => {
        principals.push(principal);
        return Promise.resolve(new Response("x"));
      },
    };

    await valueOf("await fetch('http://a/')", { capabilities: { fetch: fetch as never }, principal: "ada" });
    await valueOf("await fetch('http://a/')", { capabilities: { fetch: fetch as never } });

    expect(principals).toEqual(["ada", undefined]);
  });

  it("are not given by an option that is misspelled", async () => {
    await using generous = createCodeExecutor({ backend: "process", capabilities: echo });

    await expect(generous.run("return 1", { capabilites: {} } as never)).rejects.toThrow(
      'There is no option of a run "capabilites"',
    );
    for (const [options, words] of [
      [{ limit: {} }, 'There is no option of an executor "limit"'],
      [{ pool: { js: 1 } }, 'There is no option of the pool "js"'],
      [{ onError: 1 }, "onError is a number"],
    ] as const) {
      expect(() => createCodeExecutor(options as never)).toThrow(words);
    }
    await expect(generous.run("", { capabilities: { functions: { b: (() => 1) as never } } })).rejects.toThrow(
      "functions.b must be an object of functions",
    );
  });

  it("give tools by any name, and a program that lists them", async () => {
    const tools = {
      add: (args: unknown) => (args as { a: number }).a + 1,
      "a.b/c": () => "odd",
      constructor: () => "mine",
    };

    expect(
      await valueOf(
        "return [await tools.add({ a: 1 }), await tools['a.b/c'](), await tools.constructor({}), Object.keys(tools), 'x' in tools]",
        { capabilities: { tools } },
      ),
    ).toEqual([2, "odd", "mine", ["add", "a.b/c", "constructor"], false]);
  });

  it("give tools that are found by name, and no others", async () => {
    const asked: string[] = [];
    const tools = { names: ["a"], call: (name: string) => asked.push(name) };

    expect(await executor.run("await tools.a(); await tools.b()", { capabilities: { tools } })).toMatchObject({
      failure: "capability-denied",
    });
    expect(asked).toEqual(["a"]);
  });

  it("give fetch as a program expects it", async () => {
    const seen: unknown[] = [];
    const fetch = {
      fetch: (url: string, { signal, ...init }: { readonly signal?: AbortSignal }) => {
        seen.push([url, init, signal instanceof AbortSignal]);
        return Promise.resolve(new Response('{"a":1}', { status: 201, headers: { "X-One": "1" } }));
      },
    };
    const code = `const r = await fetch("http://a/", { method: "POST", headers: { A: "b", __proto__: null }, body: "x" });
      return [r.status, r.ok, r.headers.get("x-one"), r.headers.has("nope"), [...r.headers].length, await r.json(), await r.text()]`;

    expect(await valueOf(code, { capabilities: { fetch: fetch as never } })).toEqual([
      201,
      true,
      "1",
      false,
      2,
      { a: 1 },
      '{"a":1}',
    ]);
    expect(seen).toEqual([["http://a/", { method: "POST", headers: { A: "b" }, body: "x" }, true]]);
  });

  it("cut off a body that is too long while it arrives", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => {
        cancelled = true;
      },
    });
    const capabilities = { fetch: { fetch: () => Promise.resolve(new Response(body)) } } as Capabilities;

    const result = await executor.run("await fetch('http://a/')", { capabilities, limits: { answerBytes: 5000 } });

    expect(result).toMatchObject({
      failure: "thrown",
      message: "Error: The response's body is longer than 5000 bytes.",
    });
    expect(cancelled).toBe(true);
  });

  it("give the methods that a file root has, and listings as arrays", async () => {
    const files = {
      readText: (path: string) => Promise.resolve(`text of ${path}`),
      async *list() {
        yield* [{ name: "a" }, { name: "b" }];
      },
    };

    expect(
      await valueOf("return [await files.readText('x'), await files.list('.')]", { capabilities: { files } }),
    ).toEqual(["text of x", [{ name: "a" }, { name: "b" }]]);
    expect(await executor.run("await files.write('a', 'b')", { capabilities: { files } })).toMatchObject({
      failure: "capability-denied",
    });
    expect(await executor.run("await files.readText({})", { capabilities: { files } })).toMatchObject({
      message: "Error: files.readText needs a path as text.",
    });
  });

  it("refuse namespaces that a program could not use", async () => {
    for (const name of ["console", "a-b", "Promise", "tools", "__proto__x.y"]) {
      await expect(executor.run("", { capabilities: { functions: { [name]: {} } } })).rejects.toThrow(
        `functions.${name} would be a global`,
      );
    }
  });

  it("show the program only errors that were made for it, and the host all others", async () => {
    const broken = new Error("connect to postgres://user:secret@10.0.0.1 failed at /srv/app/db.ts");
    const tools = {
      masked: () => Promise.reject(broken),
      sync: () => {
        throw broken;
      },
      shown: () => Promise.reject(new GuestError("There is no row 7.")),
      kit: () => Promise.reject(Object.assign(new Error("Ask for less."), { expose: true })),
      odd: () => Promise.reject(undefined),
      cyclic: () => {
        const loop: Record<string, unknown> = {};
        loop.self = loop;
        return loop;
      },
      bigint: () => 1n,
      nothing: () => undefined,
      hostile: () => ({
        toJSON() {
          throw broken;
        },
      }),
    };
    errors.length = 0;

    const seen = await valueOf(
      `const seen = {}; for (const name of Object.keys(tools)) { try { seen[name] = (await tools[name]()) ?? "nothing" } catch (e) { seen[name] = e.message } } return seen`,
      { capabilities: { tools } },
    );

    expect(seen).toEqual({
      masked: "tools.masked failed.",
      sync: "tools.sync failed.",
      shown: "There is no row 7.",
      kit: "Ask for less.",
      odd: "tools.odd failed.",
      cyclic: "tools.cyclic failed.",
      bigint: "tools.bigint failed.",
      nothing: "nothing",
      hostile: "tools.hostile failed.",
    });
    expect(errors).toHaveLength(6);
    expect(errors).toContain(broken);
  });

  it("end with the run: their signal is aborted whatever ended it", async () => {
    const ends: boolean[] = [];
    const functions = {
      host: {
        wait: (_: unknown, { signal }: { readonly signal: AbortSignal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              ends.push(true);
              reject(new Error("aborted"));
            });
          }),
      },
    };

    await executor.run("host.wait(); return 1", { capabilities: { functions } });
    await executor.run("await host.wait()", { capabilities: { functions }, limits: { wallMs: 50 } });
    await executor.run("host.wait(); throw 1", { capabilities: { functions } });

    expect(ends).toEqual([true, true, true]);
  });
});

describe("cancelling", () => {
  it("ends a run in each of its phases", async () => {
    await using small = createCodeExecutor({ backend: "process", pool: { concurrency: 1, javascript: 0 } });
    const running = new AbortController();
    const starting = new AbortController();
    const waiting = new AbortController();

    const before = await small.run("return 1", { signal: AbortSignal.abort() });
    const first = small.run("for (;;);", { signal: starting.signal });
    starting.abort();
    const second = small.run("await run.started(); for (;;);", {
      signal: running.signal,
      capabilities: { functions: { run: { started: () => queueMicrotask(() => running.abort()) } } },
    });
    const third = small.run("return 1", { signal: waiting.signal });
    waiting.abort();

    for (const result of [before, ...(await Promise.all([first, second, third]))]) {
      expect(result).toMatchObject({ ok: false, failure: "cancelled" });
    }
    expect(await small.run("return 1")).toMatchObject({ value: 1 });
  });

  it("by closing ends every run and every process, and refuses what comes later", async () => {
    const closing = createCodeExecutor({ backend: "process", pool: { concurrency: 2 } });
    await closing.ready();
    const runs = [1, 2, 3].map(() => closing.run("for (;;);"));

    await Promise.all([closing.close(), closing.close()]);

    for (const result of await Promise.all(runs)) expect(result).toMatchObject({ failure: "cancelled" });
    await expect(closing.run("")).rejects.toMatchObject({ code: "closed" });
  });

  it("refuses runs beyond the queue", async () => {
    const busy = createCodeExecutor({ backend: "process", pool: { concurrency: 1, queue: 1 } });
    const runs = [busy.run("for (;;);"), busy.run("return 2")];

    await expect(busy.run("return 3")).rejects.toMatchObject({ code: "busy" });

    await busy.close();
    expect((await Promise.all(runs)).map((result) => !result.ok && result.failure)).toEqual(["cancelled", "cancelled"]);
  });
});

describe("the pool", () => {
  it("holds as many as it should, however often it is asked to be ready", async () => {
    const started: unknown[] = [];
    const backend = scriptedBackend(() => {});
    const spawn: typeof backend.spawn = (options) => {
      started.push(options.language);
      return backend.spawn(options);
    };
    await using pooled = createCodeExecutor({ backend: { ...backend, spawn }, pool: { javascript: 3 } });

    await Promise.all([pooled.ready(), pooled.ready(), pooled.ready()]);

    expect(started).toHaveLength(3);
  });

  it("gives a run another sandbox for one that ended before it had the program, once", async () => {
    const [reported, sandboxes]: [unknown[], number[]] = [[], []];
    const end = { code: null, signal: "SIGKILL", diagnostics: "why" };
    const answersFrom = (first: number) =>
      scriptedBackend((child) => {
        sandboxes.push(1);
        if (sandboxes.length < first) return child.exit(end);
        child.say({ type: "started" });
        child.say({ type: "done", json: "1", cpuMs: 1 });
      });
    const run = async (first: number): Promise<RunResult> => {
      const onError = (error: unknown): unknown => reported.push((error as Error).message);
      await using replacing = createCodeExecutor({ backend: answersFrom(first), pool: { javascript: 1 }, onError });
      await replacing.ready();
      sandboxes.length = 0;
      return await replacing.run("return 1");
    };

    expect(await run(2)).toMatchObject({ ok: true, value: 1 });
    expect(reported).toEqual([]);
    expect(await run(3)).toMatchObject({ failure: "crashed" });
    expect([sandboxes.length, reported]).toEqual([2, ["A sandbox crashed: it ended with SIGKILL: why"]]);
  });

  it("never runs a program again that had begun", async () => {
    let begun = 0;
    const backend = scriptedBackend((child) => {
      begun += 1;
      child.say({ type: "started" });
      setImmediate(() => child.exit({ code: null, signal: "SIGSEGV" }));
    });
    await using pooled = createCodeExecutor({ backend, pool: { javascript: 1 } });
    await pooled.ready();

    expect(await pooled.run("return 1")).toMatchObject({ failure: "crashed" });
    expect(begun).toBe(1);
  });

  it("closes without a word while a sandbox is being started, and leaves none", async () => {
    const reported: unknown[] = [];
    for (const outcome of ["comes", "fails"] as const) {
      const backend = scriptedBackend((child) => {
        child.say({ type: "started" });
        child.say({ type: "done", cpuMs: 1 });
      });
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      let asked = 0;
      const spawn: typeof backend.spawn = async (options) => {
        asked += 1;
        if (asked > 1) await released;
        if (asked > 1 && outcome === "fails") throw new Error("The process that starts sandboxes ended.");
        return await backend.spawn(options);
      };
      const closing = createCodeExecutor({
        backend: { ...backend, spawn },
        pool: { javascript: 1 },
        onError: (error) => reported.push(error),
      });
      await closing.run("return");
      await expect.poll(() => asked).toBe(2);

      const closed = closing.close();
      release();
      await closed;

      expect(backend.alive.size).toBe(0);
    }
    expect(reported).toEqual([]);
  });

  it("goes on without a sandbox that was killed while it waited", async () => {
    await using pooled = createCodeExecutor({ backend: "process", pool: { javascript: 1 } });
    const others = new Set(sandboxProcesses());
    await pooled.ready();
    for (const pid of sandboxProcesses().filter((each) => !others.has(each))) process.kill(pid, "SIGKILL");
    await expect.poll(() => sandboxProcesses().filter((each) => !others.has(each))).toEqual([]);

    expect(await pooled.run("return 1")).toMatchObject({ value: 1 });
  });
});

describe("runs that need much CPU", () => {
  /** A backend of programs that never end, and use CPU time as told; and what they were asked to give way. */
  const greedy = (cpuMs: () => number) => {
    const asked: number[] = [];
    const backend = scriptedBackend((child) => child.say({ type: "started" }));
    const spawn: typeof backend.spawn = async (options) => ({
      ...(await backend.spawn(options)),
      usage: () => ({ cpuMs: cpuMs(), rssBytes: 1 }),
      yieldCpu: (niceness) => asked.push(niceness),
    });
    return { asked, backend: { ...backend, spawn } };
  };

  it("give way to others step by step", async () => {
    let used = 0;
    const { asked, backend } = greedy(() => used);
    const several = createCodeExecutor({ backend, pool: { javascript: 0 } });
    const runs = [several.run("for (;;);"), several.run("for (;;);")];
    await expect.poll(() => [...backend.alive].filter((child) => child.received() !== "").length).toBe(2);

    const seen: number[][] = [];
    for (const next of [31, 151, 751]) {
      asked.length = 0;
      used = next;
      await expect.poll(() => asked.length).toBe(2);
      seen.push([...asked]);
    }
    await several.close();
    await Promise.all(runs);

    expect(seen).toEqual([
      [7, 7],
      [11, 11],
      [15, 15],
    ]);
  });

  it("give way to nobody while they are alone", async () => {
    let [used, looks] = [0, 0];
    const { asked, backend } = greedy(() => {
      looks += 1;
      return used;
    });
    const single = createCodeExecutor({ backend, pool: { javascript: 0 } });
    const run = single.run("for (;;);");
    await expect.poll(() => looks).toBeGreaterThan(1);

    used = 1_000;
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 3);
    await single.close();
    await run;

    expect(asked).toEqual([]);
  });
});

describe("many runs", () => {
  it("with more calls than may be on their way are never taken to wait for nothing", { timeout: 60_000 }, async () => {
    await using crowd = createCodeExecutor({ backend: "process", pool: { concurrency: 4, javascript: 4 } });
    const host = {
      later: ([ms]: readonly unknown[]) => new Promise((resolve) => setTimeout(() => resolve(1), Number(ms))),
      soon: () => new Promise((resolve) => setImmediate(() => resolve(1))),
      now: () => 1,
      fail: () => Promise.reject(new GuestError("no")),
    };
    const code = `
      const each = async (i) => {
        if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, i % 5));
        const got = [await host.later(i % 7), await host.soon(), await host.fail().catch(() => host.now())];
        return got.length;
      };
      const all = await Promise.all(Array.from({ length: 40 }, (_, i) => each(i)));
      return all.reduce((a, b) => a + b)`;

    const results = await Promise.all(
      Array.from({ length: longForm ? 600 : 12 }, (_, index) =>
        crowd.run(code, { capabilities: { functions: { host } }, limits: { callsInFlight: 1 + (index % 9) } }),
      ),
    );

    expect(results.filter((result) => !result.ok || result.value !== 120)).toEqual([]);
  });

  it(
    "at once get each their own answer, and leave neither processes nor handles behind",
    { timeout: 60_000 },
    async () => {
      const handles = (): number => process.getActiveResourcesInfo().length;
      const crowd = createCodeExecutor({ backend: "process", pool: { concurrency: 4 } });
      await crowd.run("return 0");
      const before = handles();

      const results = await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          crowd.run("await host.tick(); return [input, await host.name()]", {
            input: index,
            capabilities: { functions: { host: { tick: () => null, name: () => `run ${index}` } } },
          }),
        ),
      );

      expect(results.map((result) => result.ok && result.value)).toEqual(
        results.map((_, index) => [index, `run ${index}`]),
      );
      await crowd.ready();
      expect(handles()).toBeLessThanOrEqual(before + 10);
      await Promise.all([crowd.close(), executor.close()]);
      expect(sandboxProcesses()).toEqual([]);
    },
  );
});
