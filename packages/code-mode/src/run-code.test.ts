import { createCodeExecutor } from "@plinth/code-executor";
import {
  audio,
  defineTool,
  embeddedResource,
  fail,
  image,
  KitError,
  resourceLink,
  text,
  toolResult,
  type AnyTool,
  type Middleware,
} from "@plinth/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, testExecutor, type ConnectOptions } from "./fixtures/connect.ts";

const executor = testExecutor();
beforeAll(() => executor.ready());
afterAll(() => executor.close());

const double = defineTool({
  name: "double",
  input: { type: "object", properties: { n: { type: "number" } }, required: ["n"], additionalProperties: false },
  output: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
  handler: ({ n }) => ({ n: Number(n) * 2 }),
});
const hello = defineTool({ name: "say/hello.world", handler: () => "Hello" });

/** Runs a program over these tools. */
async function run(code: string, tools: readonly AnyTool[] = [double, hello], options: Partial<ConnectOptions> = {}) {
  await using client = await connect(tools, { executor, ...options });
  return await client.callTool("run_code", { code });
}

describe("a program", () => {
  it("gets the structured result of a tool, or else its text, whatever the tool is called", async () => {
    const answer = await run(`return [await tools.double({ n: 4 }), await tools["say/hello.world"]()];`);

    expect(answer.structured).toStrictEqual({ value: [{ n: 8 }, "Hello"], calls: 2 });
    expect(answer.text).toBe('[{"n":8},"Hello"]');
  });

  it("may be TypeScript", async () => {
    await using client = await connect([double], { executor });

    const answer = await client.callTool("run_code", {
      code: "interface Doubled { n: number }\nconst { n }: Doubled = await tools.double({ n: 1 as number });\nreturn n;",
      language: "typescript",
    });

    expect(answer.structured).toStrictEqual({ value: 2, calls: 1 });
  });

  it.each(["then", "constructor", "__proto__", "toJSON", "prototype", "hasOwnProperty", "0"])(
    "calls a tool by the name %s, which means something else elsewhere",
    async (name) => {
      const odd = defineTool({ name, handler: () => `called ${name}` });

      const answer = await run(`return tools[${JSON.stringify(name)}]({})`, [odd]);

      expect(answer.structured).toStrictEqual({ value: `called ${name}`, calls: 1 });
    },
  );

  it("makes calls at once", async () => {
    const both = Promise.withResolvers<void>();
    let running = 0;
    const meet = defineTool({
      name: "meet",
      async handler() {
        running += 1;
        if (running === 2) both.resolve();
        await both.promise;
        return "met";
      },
    });

    const answer = await run("return Promise.all([tools.meet(), tools.meet()])", [meet]);

    expect(answer.structured).toStrictEqual({ value: ["met", "met"], calls: 2 });
  });

  it("gets text for content that is none", async () => {
    const mixed = defineTool({
      name: "mixed",
      handler: () => [
        text("one"),
        image("aGk=", "image/png"),
        audio("aGk=", "audio/wav"),
        resourceLink({ uri: "data://x", name: "x" }),
        embeddedResource({ uri: "data://y", body: "inside" }),
        embeddedResource({ uri: "data://z", body: new Uint8Array([1]) }),
      ],
    });

    const answer = await run("return (await tools.mixed()).split('\\n')", [mixed]);

    expect(answer.structured).toMatchObject({
      value: [
        "one",
        "[image, image/png: programs get text only]",
        "[audio, audio/wav: programs get text only]",
        "data://x",
        "inside",
        "[data://z]",
      ],
    });
  });

  it("gets what a mounted server may send for content, however odd", async () => {
    const odd: Middleware = async function odd(call, next) {
      if (call.target?.name !== "double") return next(call);
      return { content: [null, 5, { type: "resource" }, { type: "text" }] };
    };

    const { structured } = await run("return (await tools.double({ n: 1 })).split('\\n').length", [double], {
      middleware: [odd],
    });

    expect(structured).toStrictEqual({ value: 4, calls: 1 });
  });

  it("sees what a tool failed of, and may go on", async () => {
    const sunday = defineTool({ name: "sunday", handler: () => fail("Not on Sundays") });
    const empty = defineTool({ name: "empty", handler: () => toolResult({ content: [], isError: true }) });
    const code = `
      const why = [];
      for (const call of [() => tools.sunday(), () => tools.empty(), () => tools.double({ n: "x" }), () => tools.double(5)]) {
        await call().catch((error) => why.push(error.message));
      }
      return why;`;

    const { structured } = await run(code, [sunday, empty, double]);

    expect(structured).toStrictEqual({
      value: [
        "sunday: Not on Sundays",
        "empty: the call failed",
        'double: Invalid arguments for tool "double": n: expected number, got string',
        'tools["double"] takes its arguments as one object, such as { key: "value" }',
      ],
      calls: 4,
    });
  });

  it("is told nothing of the inside of a tool that broke", async () => {
    const broken = defineTool({
      name: "broken",
      handler: () => {
        throw new Error("postgres://user:pw@10.0.0.7/db is down");
      },
    });

    const answer = await run("await tools.broken()", [broken]);

    expect(answer.isError).toBe(true);
    expect(answer.text).toContain("Internal error. Quote request id");
    expect(JSON.stringify(answer.result)).not.toMatch(/postgres|pw|10\.0\.0\.7|\.ts\b/);
  });

  it("that fails says how, where, and what it had done by then", async () => {
    const answer = await run(
      'const a = 1;\nconsole.log("so far", await tools.double({ n: a }));\nthrow new Error("stuck");',
    );

    expect(answer.isError).toBe(true);
    expect(answer.text).toBe(
      "The program failed (thrown) in line 3: Error: stuck\nIt had made 1 tool call, which are not undone.\n" +
        "stdout:\nso far { n: 2 }\n",
    );
  });

  it.each([
    ["does not parse", "return 1 +", "The program failed (syntax)"],
    ["calls a tool that there is not", "return tools.triple({ n: 1 })", "The program failed (capability-denied)"],
    ["waits for what never comes", "await new Promise(() => {})", "The program failed (timeout)"],
  ])("that %s fails with its reason", async (_what, code, message) => {
    const answer = await run(code);

    expect(answer.isError).toBe(true);
    expect(answer.text).toContain(message);
  });

  it("may return nothing, and write instead", async () => {
    const answer = await run('console.log("out"); console.error("err");');

    expect(answer.structured).toStrictEqual({ calls: 0 });
    expect(answer.text).toBe("The program returned nothing.\nstdout:\nout\n\nstderr:\nerr\n");
  });

  it("whose value is long is cut, and not half told as if it were whole", async () => {
    const answer = await run("return 'é'.repeat(500)", [double], { maxOutputCharacters: 100 });

    expect(answer.structured).toStrictEqual({ calls: 0, cut: true });
    expect(answer.text).toContain("[cut: 402 of 502 characters are left out]");
  });

  it("reaches nothing but its tools", async () => {
    const globals = await run("return ['process', 'require', 'WebAssembly'].filter((name) => name in globalThis)");
    const fetched = await run("return fetch('http://127.0.0.1/')");
    const read = await run("return files.readText('/etc/passwd')");

    const written = await run("await artifacts.write('a.txt', 'a')");

    expect(globals.structured).toMatchObject({ value: [] });
    expect(written.text).toContain("The program failed (output-limit)");
    expect(fetched.text).toContain("The program failed (capability-denied)");
    expect(read.text).toContain("The program failed (capability-denied)");
  });
});

describe("calls of a program", () => {
  it.each(own())("cannot be of %s", async (name) => {
    const answer = await run(
      `return tools[${JSON.stringify(name)}]({ code: "return 1", query: "", names: ["double"] })`,
    );

    expect(answer.isError).toBe(true);
    expect(answer.text).toContain(`not given tools.${name}`);
  });

  it("are no more than allowed, however the program makes them", async () => {
    let calls = 0;
    const count = defineTool({ name: "count", handler: () => ({ calls: (calls += 1) }) });
    const code = `
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => tools.count()));
      return all.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message);`;

    const { structured } = await run(code, [count], { maxCalls: 5 });

    expect(calls).toBe(5);
    expect(structured).toStrictEqual({
      value: Array(15).fill("This program has made 5 tool calls, and may make no more."),
      calls: 5,
    });
  });

  it("that go on after the last one end the program", async () => {
    let calls = 0;
    const count = defineTool({ name: "count", handler: () => ({ calls: (calls += 1) }) });

    const answer = await run("for (;;) await tools.count().catch(() => {});", [count], { maxCalls: 5 });

    expect(calls).toBe(5);
    expect(answer.text).toContain("The program failed (output-limit)");
  });

  it("are counted by code mode, whatever the executor has for other programs", async () => {
    await using strict = testExecutor({ limits: { calls: 3 } });

    const answer = await run("for (let n = 0; n < 10; n += 1) await tools.double({ n });", [double], {
      executor: strict,
    });

    expect(answer.structured).toStrictEqual({ calls: 10 });
  });

  it("pass all middleware as the caller's own, each by itself", async () => {
    const seen: unknown[] = [];
    const audit: Middleware = async function audit(call, next) {
      const { context, target, params } = call;
      if (target?.name === "double") seen.push([context.principal?.id, params["arguments"]]);
      return next(call);
    };

    await run("await tools.double({ n: 1 }); await tools.double({ n: 2 });", [double], {
      middleware: [audit],
      client: { principal: { id: "ada", scopes: [] } },
    });

    expect(seen).toStrictEqual([
      ["ada", { n: 1 }],
      ["ada", { n: 2 }],
    ]);
  });

  it("are refused as direct ones would be, in the words made for clients", async () => {
    let ran = false;
    const secret = defineTool({ name: "secret", handler: () => ((ran = true), "treasure") });
    const guard: Middleware = async function guard(call, next) {
      if (call.target?.name === "secret") throw new KitError("FORBIDDEN", "secret is for admins");
      return next(call);
    };

    const answer = await run("return tools.secret()", [secret], { middleware: [guard] });

    expect(ran).toBe(false);
    expect(answer.text).toContain("secret is for admins");
  });

  it("cannot be of a tool that the caller does not see", async () => {
    let ran = false;
    const secret = defineTool({ name: "secret", handler: () => ((ran = true), "treasure") });
    const hide: Middleware = async function hide(call, next) {
      const result = await next(call);
      if (call.method !== "tools/list") return result;
      return { ...result, tools: (result["tools"] as { name: string }[]).filter(({ name }) => name !== "secret") };
    };

    const answer = await run("return tools.secret()", [secret, double], { middleware: [hide] });

    expect(ran).toBe(false);
    expect(answer.text).toContain("not given tools.secret");
  });

  it("cannot be of a destructive tool, which the user is to be asked about", async () => {
    let ran = false;
    const wipe = defineTool({
      name: "wipe",
      annotations: { destructiveHint: true },
      handler: () => ((ran = true), "wiped"),
    });

    const refused = await run("return tools.wipe()", [wipe]);
    expect(ran).toBe(false);
    const allowed = await run("return tools.wipe()", [wipe], { destructive: "allow" });

    expect(refused.text).toContain("not given tools.wipe");
    expect(allowed.structured).toMatchObject({ value: "wiped" });
  });

  it("are reported as progress, by number and name", async () => {
    const answer = await run("for (let n = 0; n < 3; n += 1) await tools.double({ n })");

    expect(answer.progress.at(-1)).toMatchObject({ progress: 3, message: "double" });
  });

  it("cannot bring what JSON or a prototype would make something else of", async () => {
    let got: unknown;
    const take = defineTool({ name: "take", handler: (input) => ((got = input), "ok") });

    await run(
      `await tools.take(JSON.parse('{"__proto__": { "isAdmin": true }, "constructor": { "prototype": { "x": 1 } }, "a": 1 }'))`,
      [take],
    );

    expect((got as { isAdmin?: unknown }).isAdmin).toBeUndefined();
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe("a run", () => {
  /** A tool that runs until it is told to stop, and promises for both moments. */
  function slowTool() {
    const started = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<string>();
    const slow = defineTool({
      name: "slow",
      handler: (_input, { signal }) =>
        new Promise<string>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            stopped.resolve("stopped");
            reject(new Error("aborted"));
          });
          started.resolve();
        }),
    });
    return { slow, started: started.promise, stopped: stopped.promise };
  }

  it("stops, with its calls, when the client cancels", async () => {
    const { slow, started, stopped } = slowTool();
    const cancel = new AbortController();
    await using client = await connect([slow], { executor });

    const answer = client.callTool("run_code", { code: "return tools.slow()" }, { signal: cancel.signal });
    await started;
    cancel.abort("enough");

    await expect(answer).rejects.toThrow("enough");
    expect(await stopped).toBe("stopped");
  });

  it("stops, with its calls, when a middleware gives up, and fails for that reason", async () => {
    const { slow, started, stopped } = slowTool();
    const deadline = new AbortController();
    const limit: Middleware = async function limit(call, next) {
      if (call.target?.name !== "run_code") return next(call);
      return next(call.with({ signal: AbortSignal.any([call.signal, deadline.signal]) }));
    };
    await using client = await connect([slow], { executor, middleware: [limit] });

    const answer = client.callTool("run_code", { code: "return tools.slow()" });
    await started;
    deadline.abort(new KitError("TIMEOUT", "The call ran past 1 ms"));

    expect(await answer).toMatchObject({ isError: true, text: "The call ran past 1 ms" });
    expect(await stopped).toBe("stopped");
  });

  it("stops when it is cancelled while it computes, long before its own limits", async () => {
    await using patient = testExecutor({ limits: { cpuMs: 300_000, wallMs: 300_000 } });
    const started = Promise.withResolvers<void>();
    const deadline = new AbortController();
    const begin = defineTool({ name: "begin", handler: () => (started.resolve(), "begun") });
    const limit: Middleware = (call, next) =>
      next(call.target?.name === "run_code" ? call.with({ signal: deadline.signal }) : call);
    await using client = await connect([begin], { executor: patient, middleware: [limit] });

    const answer = client.callTool("run_code", { code: "await tools.begin(); for (;;);" });
    await started.promise;
    deadline.abort(new KitError("TIMEOUT", "Long enough"));

    expect(await answer).toMatchObject({ isError: true, text: "Long enough" });
  });

  it("is its caller's, however many callers run programs at once", async () => {
    const who = defineTool({
      name: "who",
      async handler(_input, { principal }) {
        await new Promise((resolve) => setImmediate(resolve));
        return principal?.id ?? "nobody";
      },
    });
    const code = "return [...new Set(await Promise.all(Array.from({ length: 20 }, () => tools.who())))]";
    const callers = Array.from({ length: 12 }, (_, n) => `caller-${n}`);

    const answers = await Promise.all(
      callers.map((id) => run(code, [who], { client: { principal: { id, scopes: [] } } })),
    );

    expect(answers.map(({ structured }) => structured)).toStrictEqual(
      callers.map((id) => ({ value: [id], calls: 20 })),
    );
  });

  it("stops its calls when the program ends without waiting for them", async () => {
    const stopped = Promise.withResolvers<unknown>();
    const slow = defineTool({
      name: "slow",
      handler: (_input, { signal }) =>
        new Promise<string>((resolve) => {
          signal.addEventListener("abort", () => {
            stopped.resolve("stopped");
            resolve("too late");
          });
        }),
    });

    const answer = await run("tools.slow(); await tools.double({ n: 1 }); return 'done';", [slow, double]);

    expect(answer.structured).toMatchObject({ value: "done" });
    expect(await stopped.promise).toBe("stopped");
  });

  it("that cannot be had says so, and nothing of why", async () => {
    const closed = createCodeExecutor({ backend: "process" });
    await closed.close();

    const answer = await run("return 1", [double], { executor: closed });

    expect(answer.isError).toBe(true);
    expect(answer.text).toBe("Programs cannot be run on this server at the moment.");
  });

  it("beyond what the executor takes at once is to be tried again", async () => {
    await using small = testExecutor({ pool: { javascript: 1, typescript: 0, concurrency: 1, queue: 0 } });
    await small.ready();
    const entered = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const wait = defineTool({
      name: "wait",
      async handler() {
        entered.resolve();
        await leave.promise;
        return "over";
      },
    });
    await using client = await connect([wait], { executor: small });

    const first = client.callTool("run_code", { code: "return tools.wait()" });
    await entered.promise;
    const second = await client.callTool("run_code", { code: "return 1" });
    leave.resolve();

    expect(second.text).toBe("Too many programs are running. Try again in a moment.");
    expect((await first).structured).toMatchObject({ value: "over" });
  });
});

function own(): string[] {
  return ["run_code", "search_tools", "get_tool_schema"];
}
