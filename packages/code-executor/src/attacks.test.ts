import { afterAll, describe, expect, it } from "vitest";
import { sandboxProcesses } from "./fixtures/children.ts";
import { createCodeExecutor, type RunFailure } from "./index.ts";

const mib = 1024 * 1024;
const executor = createCodeExecutor({
  backend: "process",
  limits: { cpuMs: 2_000, wallMs: 60_000, memoryBytes: 32 * mib, rssBytes: 256 * mib },
  pool: { concurrency: 3, javascript: 3 },
});

afterAll(() => executor.close());

const functions = {
  host: {
    echo: ([value]: readonly unknown[]) => value,
    never: () => new Promise(() => {}),
    fail: () => Promise.reject(new Error("x")),
  },
};
const stopped: readonly RunFailure[] = ["timeout", "out-of-memory", "output-limit", "thrown"];
const toGlobal = (of: string): string => `return typeof ${of}.constructor.constructor("return this")().process`;

/** Programs that must end with this very value. */
const harmless: Readonly<Record<string, readonly [code: string, value: unknown]>> = {
  "the constructor of a function that the host lent": [toGlobal("console.log"), "undefined"],
  "the constructor of a promise for a call": [toGlobal("host.echo(1)"), "undefined"],
  "the constructor of an answer": [toGlobal("(await host.echo({ a: [] })).a"), "undefined"],
  "the constructor of an error of the host": [`try { await host.fail() } catch (e) { ${toGlobal("e")} }`, "undefined"],
  "the constructor of a refusal": [`try { await fetch("x") } catch (e) { ${toGlobal("e")} }`, "undefined"],
  "the constructor of an async function": [
    'return typeof (async () => {}).constructor("return this")().process',
    "undefined",
  ],
  "the constructor of a generator": [
    'return typeof (function*(){}).constructor("return this")().next().value.process',
    "undefined",
  ],
  "the prototype of a namespace": [
    "return [Object.getPrototypeOf(host), Object.getPrototypeOf(tools), Object.getPrototypeOf(inputFiles)]",
    [null, null, null],
  ],
  "a changed namespace": [
    "try { host.echo = () => 'mine' } catch {} try { Object.defineProperty(host, 'echo', { value: 1 }) } catch {} return await host.echo('theirs')",
    "theirs",
  ],
  "frames of the prelude": [
    `Error.prepareStackTrace = (_, frames) => frames.map((f) => [f.getFileName(), typeof f.getFunction(), typeof f.getThis()].join());
     try { await host.fail() } catch (e) { void e.stack } return String(new Error().stack).includes("plinth") && String(new Error().stack).includes("function,object")`,
    false,
  ],
  "a global that was there for the prelude alone": [
    "return [typeof $0, typeof post, typeof limits, typeof pending, typeof exceed]",
    Array.from({ length: 5 }, () => "undefined"),
  ],
  "the engine's own test functions": [
    "try { return eval('%DebugPrint(1)') } catch (e) { return e.name }",
    "SyntaxError",
  ],
  "an import": ["return await import('node:fs').then(() => 'loaded', () => 'refused')", "refused"],
  "an import with attributes": [
    "return await import('data:application/json,1', { with: { type: 'json' } }).then(() => 'loaded', () => 'refused')",
    "refused",
  ],
  "every intrinsic replaced before the result is written": [
    `const real = { a: [1, "x"] }; JSON.stringify = () => '"forged"'; Array.prototype.push = () => { throw 1 }; Promise.prototype.then = null;
     Object.prototype.toJSON = undefined; String.prototype.slice = () => "forged"; Function.prototype.call = () => "forged"; Function.prototype.bind = null; Reflect.apply = null; return real`,
    { a: [1, "x"] },
  ],
  "intrinsics replaced while a call is on its way": [
    "const p = host.echo({ v: 1 }); JSON.parse = () => ({ v: 'forged' }); Map.prototype.get = null; globalThis.Promise = null; return (await p).v",
    1,
  ],
  "accessors on Object.prototype that catch what is looked up": [
    `const caught = []; for (const name of ["id", "kind", "resolve", "reject", "args", "length", "0", "headers", "method"])
       Object.defineProperty(Object.prototype, name, { configurable: true, get() { caught.push(name); return undefined }, set(v) { caught.push(typeof v) } });
     await host.echo(1); return caught.includes("function")`,
    false,
  ],
  "a species that catches promises": [
    "class Mine extends Promise {} Promise.prototype.constructor = Mine; return await host.echo(3)",
    3,
  ],
  "a getter in an argument": ["let ran = 0; await host.echo({ get a() { ran++; return 1 } }); return ran", 1],
  "a prototype in an argument": [`return await host.echo(JSON.parse('{"__proto__":{"x":1},"a":2}'))`, { a: 2 }],
  "a toJSON in an argument": ["return await host.echo({ toJSON: () => 'chosen' })", "chosen"],
  "a thenable as a result": ["return { then(resolve) { resolve('settled') } }", "settled"],
  "a proxy as a result": ["return new Proxy({ a: 1 }, {})", { a: 1 }],
  "lone surrogates": ["return '\\ud800'.length + (await host.echo('\\udc00a')).length", 3],
  "separators of lines": ["return 'a\u2028b\u2029c'.length", 5],
  "a mark at the start": ["\ufeffreturn 1", 1],
  "a comment at the end": ["return 1 // }", 1],
  "a comment as browsers once wrote it": ["return 1 <!-- }\n--> also", 1],
  "a debugger statement": ["debugger; return 1", 1],
  "a directive": ['"use strict"; return (function () { return this })() === undefined', true],
  "labels and blocks around return": ["a: { try { return 1 } finally { break a } } return 2", 2],
  "a change of the array buffer's constructor": [
    "return new (new ArrayBuffer(1).constructor)(8, { maxByteLength: 2 ** 30 }).resizable",
    false,
  ],
  "a trap for the array buffer's target": [
    "let found; Object.prototype.get = (target) => { found = target; return 1 }; void ArrayBuffer.x; delete Object.prototype.get; return typeof found",
    "undefined",
  ],
  "an iterator that changes what leaves": [
    "Array.prototype[Symbol.iterator] = function* () { yield { not: 'text' } }; console.log('x'); return 1",
    1,
  ],
  "an array buffer by a subclass": [
    "return new (class extends ArrayBuffer {})(8, { maxByteLength: 2 ** 30 }).resizable",
    false,
  ],
  "an array buffer by Reflect": [
    "return Reflect.construct(ArrayBuffer, [8, { maxByteLength: 2 ** 30 }], Object).resizable",
    undefined,
  ],
  "names of prototypes for tools and files": [
    "return [typeof tools.__proto__, typeof files.constructor, typeof host.toString]",
    ["function", "undefined", "function"],
  ],
};

/** Programs that must end without a value and without harm, in one of these ways. */
const hostile: Readonly<Record<string, readonly [code: string, ...failures: RunFailure[]]>> = {
  "leaving its function": ["}); globalThis.x = 1; (async () => {", "syntax"],
  "leaving its function with a comment": ["}) /*", "syntax"],
  "leaving its function by a template": ["return `${1", "syntax"],
  "a module's import": ['import fs from "node:fs"', "syntax"],
  "a module's meta": ["return import.meta.url", "syntax"],
  "a line for a shell": ["#!/usr/bin/env node\nreturn 1", "syntax"],
  "the await of a module": ["export default 1", "syntax"],
  "brackets by the hundred thousand": ["[".repeat(200_000), "syntax", "thrown"],
  "a loop after its result": [
    "setTimeout(() => { for (;;); }, 0); await new Promise((r) => setTimeout(r, 50)); return 1",
    "timeout",
  ],
  "a loop in what follows a call": ["await host.echo(1); for (;;);", "timeout"],
  "a loop in what follows a failure": ["try { await host.fail() } catch { for (;;); }", "timeout"],
  "a loop in a getter of its error": [
    "throw Object.defineProperty(new Error('x'), 'message', { get() { for (;;); } })",
    "timeout",
  ],
  "a loop in a name of its error": [
    "throw Object.defineProperty(new Error('x'), 'name', { get() { for (;;); } })",
    "timeout",
  ],
  "a loop in the writing of its stack": [
    "Error.prepareStackTrace = () => { for (;;); }; throw new Error('x')",
    "timeout",
  ],
  "a loop in what it rejects with": ["Promise.reject({ get message() { for (;;); } }); await host.never()", ...stopped],
  "a loop in its result's toJSON": ["return { toJSON() { for (;;); } }", "timeout"],
  "a loop in a result's then": ["return { then() { for (;;); } }", "timeout"],
  "a loop in an argument": ["await host.echo({ toJSON() { for (;;); } })", "timeout"],
  "a loop in what it logs": ["console.log(new Proxy({}, { ownKeys() { for (;;); } }))", "timeout"],
  "a loop of timers": ["const f = () => setTimeout(f, 0); f(); await host.never()", "timeout"],
  "a loop of microtasks": ["const f = () => queueMicrotask(f); f(); await host.never()", "timeout", "out-of-memory"],
  "natives that nothing interrupts": ["return Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)", "timeout"],
  "natives over text": [
    "return 'a'.repeat(2 ** 28).localeCompare('a'.repeat(2 ** 28 - 1) + 'b')",
    "timeout",
    "out-of-memory",
  ],
  "numbers of a million digits": ["let n = 3n; for (;;) n **= 3n", "timeout", "out-of-memory", "thrown"],
  "patterns that go back": ["return /^(a+)+$/.test('a'.repeat(40) + 'b')", "timeout"],
  "a collator's search": [
    "for (;;) new Intl.Collator('de').compare('ä'.repeat(1e5), 'a'.repeat(1e5))",
    "timeout",
    "out-of-memory",
  ],
  "memory by maps": ["const m = new Map(); for (let i = 0; ; i++) m.set(i, {})", "out-of-memory", "timeout", "thrown"],
  "memory by sets of text": [
    "const s = new Set(); for (let i = 0; ; i++) s.add('x' + i)",
    "out-of-memory",
    "timeout",
    "thrown",
  ],
  "memory by typed arrays": [
    "const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))",
    "out-of-memory",
    "timeout",
    "thrown",
  ],
  "memory by closures": [
    "let f = () => 1; for (;;) { const g = f; const b = new Array(1e3).fill(0); f = () => [g, b] }",
    "out-of-memory",
    "timeout",
  ],
  "memory by generators": [
    "const a = []; for (;;) { const g = (function* () { yield new Array(100) })(); g.next(); a.push(g) }",
    "out-of-memory",
    "timeout",
  ],
  "memory by compiled functions": [
    "const a = []; for (let i = 0; ; i++) a.push(new Function('return ' + '1+'.repeat(1e3) + i))",
    "out-of-memory",
    "timeout",
  ],
  "memory by properties": ["const o = {}; for (let i = 0; ; i++) o['k' + i] = i", "out-of-memory", "timeout", "thrown"],
  "memory by symbols": ["for (let i = 0; ; i++) Symbol.for('k' + i)", "out-of-memory", "timeout"],
  "memory by promises": ["const a = []; for (;;) a.push(new Promise(() => {}))", "out-of-memory", "timeout"],
  "memory by errors": ["const a = []; for (;;) a.push(new Error('x'.repeat(1e4)))", "out-of-memory", "timeout"],
  "memory by calls that nobody answers": [
    "for (;;) host.never('x'.repeat(1e5))",
    "output-limit",
    "out-of-memory",
    "timeout",
  ],
  "a flood of calls": ["for (;;) host.echo(1)", "output-limit"],
  "a flood of calls that are waited for": ["for (;;) await host.echo(1)", "output-limit", "timeout"],
  "a flood of denied calls": ["for (;;) fetch('x')", "timeout", "out-of-memory"],
  "a flood of output in pieces": ["for (;;) console.log()", "output-limit"],
  "a flood of output at once": ["console.log('x'.repeat(2 ** 24))", "output-limit"],
  "a flood of output by something wide": ["console.error(...new Array(5e4).fill('abc'))", "output-limit"],
  "a flood of artifacts": ["for (let i = 0; ; i++) artifacts.write('a' + i, 'x')", "output-limit"],
  "an artifact without end": ["artifacts.write('a', new Uint8Array(2 ** 24))", "output-limit"],
  "a flood of timers": ["for (;;) setTimeout(() => {}, 1e6)", "thrown"],
  "a long argument": ["await host.echo('x'.repeat(2 ** 21))", "output-limit"],
  "a result of many bytes": ["return 'é'.repeat(2 ** 20)", "output-limit"],
  "a result of much nesting": ["let o = 1; for (let i = 0; i < 200; i++) o = [o]; return o", "output-limit"],
  "a result without a bottom": ["let o = {}; o.o = o; return o", "thrown"],
  "a result that JSON does not know": ["return 1n", "thrown"],
  "a long error": ["throw new Error('x'.repeat(2 ** 22))", "thrown"],
  "an error that is none": ["throw null", "thrown"],
  "a function that nobody catches": ["Promise.reject(() => 1); await host.never()", "thrown"],
  "an error without a prototype": ["throw Object.create(null)", "thrown"],
  "an error that is a revoked proxy": [
    "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy",
    "thrown",
  ],
  "an error whose parts are no text": [
    "throw Object.assign(new Error(), { message: Symbol('x'), name: {}, stack: 1n })",
    "thrown",
  ],
  "its own ending": ["const f = (n) => { try { f(n + 1) } finally { f(n + 1) } }; f(0)", "timeout"],
};

describe("a program can do nothing with", () => {
  it.concurrent.for(Object.entries(harmless))("%s", { timeout: 90_000 }, async ([, [code, value]], { expect }) => {
    const result = await executor.run(code, { capabilities: { functions } });

    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value).toEqual(value);
  });
});

describe("a program is ended that tries", () => {
  it.concurrent.for(Object.entries(hostile))("%s", { timeout: 90_000 }, async ([, [code, ...failures]], { expect }) => {
    // What may be stopped for its time is stopped soon.
    const cpuMs = failures.includes("timeout") ? 120 : 2_000;
    const result = await executor.run(code, { capabilities: { functions }, limits: { cpuMs } });

    expect(failures).toContain(result.ok ? "ok" : result.failure);
    expect(JSON.stringify(result)).not.toMatch(/node_modules|packages\/|plinth:|isolated/);
    expect(JSON.stringify(result).length).toBeLessThan(100_000);
  });
});

describe("a hostile TypeScript program", () => {
  it("cannot spoil the types of the next one", async () => {
    const limits = { cpuMs: 250 };
    const poison = await executor.run("[`".repeat(100_000), { language: "typescript", limits });
    const next = await executor.run("const a: number = 1; return a", { language: "typescript" });

    expect(poison).toMatchObject({ ok: false });
    expect(next).toMatchObject({ ok: true, value: 1 });
  });

  it.concurrent.for(["} evil(); async function x() {", "}\nexport const a = 1; {", "/*", "enum A {}; }; enum B {"])(
    "cannot leave its function: %s",
    async (code, { expect }) => {
      expect(await executor.run(code, { language: "typescript" })).toMatchObject({
        ok: false,
        failure: "syntax",
      });
    },
  );
});

describe("a sandbox", () => {
  it("that is killed from outside fails its run, and only its run", async () => {
    await using alone = createCodeExecutor({ backend: "process", pool: { javascript: 0 } });
    const others = new Set(sandboxProcesses());
    const ended = alone.run("await host.started(); await new Promise((resolve) => setTimeout(resolve, 1e6))", {
      capabilities: {
        functions: {
          host: {
            started: () => {
              for (const pid of sandboxProcesses().filter((each) => !others.has(each))) process.kill(pid, "SIGKILL");
            },
          },
        },
      },
    });

    expect(await ended).toMatchObject({ ok: false, failure: "crashed" });
    expect(await alone.run("return 1")).toMatchObject({ value: 1 });
  });
});
