import { afterEach, describe, expect, it, vi } from "vitest";
import { createChangeEvents } from "./change-events.ts";
import type { HttpOptions } from "./http/http-options.ts";
import { run, type RunOptions } from "./run.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs a server that serves nothing, and tells what was asked of it. */
async function ran(environment: Readonly<Record<string, string>>, options: RunOptions = {}) {
  for (const name of ["HOST", "PORT", "TRANSPORT", "WORKERS"]) vi.stubEnv(name, environment[name]);
  const errors: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (line: string) => void errors.push(line), child: () => log };
  const asked: { transport?: string; http?: HttpOptions; workers?: number } = {};
  let status: number | undefined;
  await run(
    {
      name: "t",
      version: "1",
      log,
      listen: async (http) => {
        Object.assign(asked, { transport: "http", http });
        return { closed: Promise.resolve() };
      },
      listenInWorkers: async (workers) => {
        Object.assign(asked, { transport: "http", ...workers });
        return { started: Promise.resolve(), closed: Promise.resolve() };
      },
      serveStdio: async () => {
        Object.assign(asked, { transport: "stdio" });
        return { closed: Promise.resolve() };
      },
      changes: createChangeEvents(() => {}),
      shareSealingKey: () => {},
      close: async () => {},
      state: "serving",
    },
    { ...options, exit: (code) => (status = code) },
  );
  return { ...asked, errors, status };
}

describe("run()", () => {
  it.each<[Readonly<Record<string, string>>, RunOptions, object]>([
    [{}, {}, { transport: "stdio", status: 0 }],
    [{ PORT: "", HOST: "", TRANSPORT: "" }, {}, { transport: "stdio", status: 0 }],
    [{ PORT: "8080", HOST: "::1" }, {}, { transport: "http", http: { port: 8080, host: "::1" }, status: 0 }],
    [{ PORT: "8080" }, { http: { port: 9 } }, { transport: "http", http: { port: 9 } }],
    [{ TRANSPORT: "http" }, {}, { transport: "http", http: {} }],
    [{ TRANSPORT: "http" }, { transport: "stdio" }, { transport: "stdio" }],
    [{ PORT: "8080", WORKERS: "1" }, {}, { transport: "http", http: { port: 8080 } }],
    [{ PORT: "8080", WORKERS: "3" }, {}, { transport: "http", http: { port: 8080 }, workers: 3 }],
    [{ PORT: "8080", WORKERS: "3" }, { workers: 2 }, { transport: "http", workers: 2 }],
    [{ TRANSPORT: "stdio", PORT: "abc" }, {}, { transport: "stdio", status: 0 }],
  ])("with %j and %j serves %j", async (environment, options, expected) => {
    expect(await ran(environment, options)).toMatchObject({ errors: [], ...expected });
  });

  it.each([
    [{ PORT: "abc" }, 'PORT is "abc"; use a whole number from 0 to 65535'],
    [{ PORT: " " }, 'PORT is " "'],
    [{ PORT: "0x50" }, 'PORT is "0x50"'],
    [{ PORT: "65536" }, 'PORT is "65536"'],
    [{ WORKERS: "2" }, "WORKERS is 2, but stdio connects one client with one process"],
    [{ TRANSPORT: "xyz" }, 'TRANSPORT is "xyz"; use "auto", "stdio" or "http"'],
  ])("with %j says one sentence and exits with 1", async (environment, sentence) => {
    const { errors, status } = await ran(environment);

    expect(errors).toStrictEqual([expect.stringContaining(sentence)]);
    expect(status).toBe(1);
  });
});
