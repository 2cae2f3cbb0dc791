import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { sandboxProcesses } from "./fixtures/children.ts";
import { corpusHost } from "./fixtures/corpus-host.ts";
import { createCodeExecutor } from "./index.ts";

/** For a long night: `PLINTH_ATTACK_SECONDS=1800`. */
const seconds = Number(process.env.PLINTH_ATTACK_SECONDS ?? 2);

const values = [
  "1",
  "'x'",
  "[]",
  "{}",
  "null",
  "10n ** 500n",
  "Symbol('s')",
  "() => 1",
  "new Map([[1, 2]])",
  "new Uint8Array(9)",
  "input",
  "host",
  "new Proxy({}, {})",
  "'y'.repeat(1e6)",
  "new Array(1e5).fill(1)",
  "new Error('e')",
  "Object.create(null)",
  "Promise.reject(2)",
  "globalThis",
];
const statements = [
  "let v = $; try { console.log(v) } catch {}",
  "try { await host.echo($) } catch {}",
  "host.sleep(1).then(() => $)",
  "for (let i = 0; i < 1e3; i++) { void $ }",
  "try { Object.defineProperty(Object.prototype, 'p' + Math.random(), { get() { return $ } }) } catch {}",
  "try { JSON.stringify($) } catch {}",
  "try { globalThis[Reflect.ownKeys(globalThis)[Math.floor(Math.random() * 70)]] = $ } catch {}",
  "try { artifacts.write('a' + Math.random(), String($)) } catch {}",
  "setTimeout(() => { throw $ }, Math.random() * 20)",
  "try { [1, 2, 3].sort(() => $) } catch {}",
  "if (Math.random() < 0.1) for (;;) { void $ }",
  "if (Math.random() < 0.1) { const all = []; for (;;) all.push([$]) }",
  "if (Math.random() < 0.2) throw $",
  "try { new Function('return ' + '['.repeat(1e4))() } catch {}",
  "await Promise.race([host.never(), null])",
];

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
const program = (): string =>
  Array.from({ length: 1 + Math.floor(Math.random() * 8) }, () =>
    pick(statements).replaceAll("$", () => `(${pick(values)})`),
  )
    .concat(`return ${pick(values)}`)
    .join(";\n");

describe("random hostile programs", () => {
  it("leave the host small, responsive and alone", { timeout: seconds * 1000 + 90_000 }, async () => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    const executor = createCodeExecutor({ backend: "process", limits: { cpuMs: 200, rssBytes: 200 * 2 ** 20 } });
    await executor.ready();
    const before = process.memoryUsage.rss();
    const until = performance.now() + seconds * 1000;
    const ends: Record<string, number> = {};
    delay.enable();

    const attack = async (): Promise<void> => {
      while (performance.now() < until) {
        const code = program();
        const result = await executor.run(code, { capabilities: { functions: { host: corpusHost() } } });
        const end = result.ok ? "value" : result.failure;
        ends[end] = (ends[end] ?? 0) + 1;
        if (end === "crashed") throw new Error(`This program crashed its sandbox:\n${code}`);
      }
    };
    await Promise.all([attack(), attack(), attack()]);
    delay.disable();
    await executor.close();

    expect(Object.keys(ends).length).toBeGreaterThan(1);
    expect(sandboxProcesses()).toEqual([]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 20);
    // A machine that is busy with other tests lets any process wait.
    expect(delay.percentile(99) / 1e6).toBeLessThan(250);
  });
});
