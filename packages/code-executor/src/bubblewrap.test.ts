import { spawnSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { testsBubblewrap } from "./fixtures/bubblewrap.ts";
import { sandboxProcesses } from "./fixtures/children.ts";
import { createCodeExecutor, type CodeExecutor, type RunOptions } from "./index.ts";

const longForm = process.env.PLINTH_ATTACK_SECONDS !== undefined;
let opened: CodeExecutor | undefined;
/** One for all, made when the first test needs it: elsewhere there is nothing to make. */
const executor = (): CodeExecutor =>
  (opened ??= createCodeExecutor({ backend: "bubblewrap", pool: { javascript: 1 } }));

afterAll(() => opened?.close());

const python = (code: string, options: RunOptions = {}) => executor().run(code, { language: "python", ...options });

describe.skipIf(!testsBubblewrap)("the strong tier (bubblewrap)", () => {
  it("is what auto means where it works, and says so", async () => {
    await using auto = createCodeExecutor();

    expect(auto.isolation).toBe("bubblewrap");
    expect(executor().isolation).toBe("bubblewrap");
  });

  it("runs JavaScript and TypeScript by the same contract", async () => {
    const capabilities = { functions: { host: { echo: ([value]: readonly unknown[]) => value } } };

    const results = await Promise.all([
      executor().run("console.log('x'); return await host.echo(input)", { input: [1], capabilities }),
      executor().run("const a: number[] = input; return a", { language: "typescript", input: [2] }),
      executor().run("for (;;);", { limits: { cpuMs: 200 } }),
      executor().run("const a = []; for (;;) a.push(new Array(1e4).fill(a))", {
        limits: { memoryBytes: 16 * 2 ** 20 },
      }),
    ]);

    expect(results).toMatchObject([
      { value: [1], stdout: "x\n" },
      { value: [2] },
      { failure: "timeout" },
      { failure: "out-of-memory" },
    ]);
  });

  it("leaves nothing of its tree of processes behind", async () => {
    const own = createCodeExecutor({ backend: "bubblewrap", pool: { javascript: 2 } });
    await own.ready();
    await Promise.all([own.run("return 1"), own.run("for (;;);", { limits: { cpuMs: 100 } })]);

    await opened?.close();
    opened = undefined;
    await own.close();

    await expect.poll(sandboxProcesses).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)("works for a user without rights", () => {
    // The sources may lie where such a user cannot read, so this looks at what the tier needs of the system.
    const command = [
      "bwrap",
      "--unshare-all",
      "--die-with-parent",
      "--new-session",
      "--cap-drop",
      "ALL",
      "--uid",
      "65534",
      "--gid",
      "65534",
      "--ro-bind",
      "/",
      "/",
      "true",
    ];

    expect(spawnSync("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", ...command]).status).toBe(0);
  });
});

/** Python reaches the node that it runs in, by any object of it, so its programs show what the tier itself leaves them. */
describe.skipIf(!testsBubblewrap)("code that has broken out of its engine, in the strong tier", () => {
  /** Runs pieces of JavaScript in the sandbox's own node. */
  const escaped = async (...pieces: readonly string[]): Promise<unknown[]> => {
    const javascript = `
      const [fs, cp, net] = ["fs", "child_process", "net"].map((name) => process.getBuiltinModule(name));
      const attempt = async (run) => { try { return await run() } catch (e) { return e.code ?? e.message } };
      return (async () => { const seen = []; for (const run of [${pieces.map((piece) => `() => { ${piece} }`).join()}]) seen.push(await attempt(run)); return JSON.stringify(seen) })()`;
    const result = await python(`
from pyodide.ffi import to_js
Function = to_js([1]).constructor.constructor
await Function(${JSON.stringify(javascript)})()`);
    if (!result.ok) throw new Error(result.message);
    return JSON.parse(result.value as string) as unknown[];
  };

  it(
    "finds no files but those that node needs, writes none, starts no process and opens no socket",
    { timeout: 60_000 },
    async () => {
      const seen = await escaped(
        "return fs.existsSync('/etc') || fs.existsSync('/proc') || fs.existsSync('/dev')",
        "return fs.readFileSync('/etc/passwd', 'utf8')",
        "fs.writeFileSync('/x', '1')",
        "return [Object.keys(process.env).filter((name) => name !== 'PWD'), process.getuid(), process.pid < 10]",
        "throw cp.spawnSync(process.execPath, ['--version']).error",
        "return new Promise((resolve, reject) => net.connect(80, '127.0.0.1').on('error', reject).on('connect', resolve))",
        "return new Promise((resolve, reject) => net.createServer().on('error', reject).listen('/x', resolve))",
        "process.kill(1, 'SIGKILL'); return 'still here'",
        "return [process.execPath, ...process.argv, new Error().stack, process.getBuiltinModule('os').hostname()].join()",
      );

      // No path of the host, by which one knows whose machine it is.
      expect(seen.pop()).toMatch(
        /^\/sandbox\/node,\/sandbox\/node,\/sandbox\/0\/child\.ts,(?!.*(?:code-executor|node_modules)).*,sandbox$/s,
      );
      expect(seen).toEqual([false, "ENOENT", "EROFS", [[], 65534, true], "EPERM", "EPERM", "EPERM", "still here"]);
    },
  );
});

describe.skipIf(!testsBubblewrap)("Python", () => {
  it(
    "returns the value of its last expression, with input, output, files, artifacts and capabilities",
    { timeout: 60_000 },
    async () => {
      const result = await python(
        `import json, sys
print("hé", input["q"], open("b.txt").read())
print("wrong", file=sys.stderr)
artifacts.write("x.bin", bytes([0, 255]))
seen = [await host.echo(input["q"]), await tools["a/b"](x=1), await tools.two({"y": 2})]
page = await fetch("http://a/", method="POST", headers={"A": "b"}, body="x")
try:
    await files.write("f", "x")
except CapabilityDenied as error:
    seen.append(str(error))
seen + [page.status, page.json(), await files.readText("f")]`,
        {
          input: { q: 1 },
          files: { "b.txt": "data" },
          capabilities: {
            functions: { host: { echo: ([value]) => value } },
            tools: { "a/b": (args) => args, two: (args) => args },
            fetch: { fetch: () => Promise.resolve(new Response('{"ok":true}')) } as never,
            files: { readText: (path) => Promise.resolve(`text of ${path}`) },
          },
        },
      );

      expect(result).toMatchObject({
        ok: true,
        value: [1, { x: 1 }, { y: 2 }, "This run was not given files.write.", 200, { ok: true }, "text of f"],
        stdout: "hé 1 data\n",
        stderr: "wrong\n",
        artifacts: [{ name: "x.bin", bytes: new Uint8Array([0, 255]) }],
      });
    },
  );

  it("that fails says how and where", { timeout: 60_000 }, async () => {
    // The interpreter takes two seconds of CPU to start, so the long form alone tries all.
    const cases: readonly (readonly [code: string, expected: object])[] = [
      ["def f():\n    return 1 / 0\nf()", { message: "ZeroDivisionError: division by zero", line: 2 }],
      ["x = (", { failure: "syntax", line: 1 }],
      ["await fetch('http://a/')", { failure: "capability-denied" }],
    ];
    const tried = longForm ? cases : cases.slice(0, 1);

    const results = await Promise.all(tried.map(([code]) => python(code)));

    expect(results).toMatchObject(tried.map(([, expected]) => expected));
  });

  it("is held to its limits", { timeout: 90_000 }, async () => {
    const results = await Promise.all([
      python("while True: pass", { limits: { cpuMs: 500 } }),
      python("x = []\nwhile True: x.append('a' * 10_000_000)", { limits: { rssBytes: 400 * 2 ** 20 } }),
      ...(longForm ? [python("while True: print('x')")] : []),
    ]);

    expect(results.map((result) => !result.ok && result.failure)).toEqual(
      ["timeout", "out-of-memory", "output-limit"].slice(0, results.length),
    );
  });
});

describe("Python without the strong tier", () => {
  it("is refused with a sentence", async () => {
    await using plain = createCodeExecutor({ backend: "process" });

    await expect(plain.run("1", { language: "python" })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("install bubblewrap") as string,
    });
  });
});
