import { CodeExecutorError, createCodeExecutor, type SandboxBackend } from "@plinth/code-executor";
import { createServer, service, stderrLogger } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exposeRefusals } from "../expose-refusals.ts";
import { Lazy } from "../lazy.ts";
import { createTestServer } from "../testing/test-server.ts";
import { runCode } from "./run-code.ts";

const server = await createTestServer();
beforeAll(() => server.start());
afterAll(() => server.close());

/** The executor starts the next sandbox while a test ends; that is no leak. */
const beside = { leakCheck: false };

test("run_code answers with what the program returned and logged", async () => {
  await using client = await createTestClient(server, beside);

  const { structured } = await client.callTool(runCode, {
    language: "typescript",
    code: `const { datasets: all } = await datasets.list();
      const page: { total: number } = await datasets.query({ dataset_id: "films", limit: 1 });
      console.log("asked", all.length);
      console.error("done");
      return { ids: all.map(({ id }) => id), films: page.total };`,
  });

  expect(structured).toEqual({
    value: { ids: ["films", "sp500", "stocks"], films: 3_201 },
    stdout: "asked 3\n",
    stderr: "done\n",
  });
});

test("a call by the program is checked like a call of the client", async () => {
  await using client = await createTestClient(server, beside);
  const code = `const failures = [];
    for (const query of [{ dataset_id: "nope" }, { dataset_id: "films", limit: 501 }, "films", null]) {
      await datasets.query(query).catch((error) => failures.push(error.message));
    }
    return failures;`;

  const { structured } = await client.callTool(runCode, { code });

  expect(structured.value).toEqual([
    expect.stringContaining('no data set "nope"'),
    expect.stringContaining("<=500"),
    expect.stringContaining("must be an object"),
    expect.stringContaining("dataset_id"),
  ]);
});

test.each([
  ["await new Promise(() => {})", /^The program failed \(timeout\)/],
  ["const rows = []; for (;;) rows.push(new Array(1e5).fill(0));", /^The program failed \(out-of-memory\)/],
  ["for (;;) console.log('flood')", /^The program failed \(output-limit\)/],
  ["return 'x'.repeat(1e6)", /^The program failed \(output-limit\)/],
  ["for (;;) await datasets.list()", /^The program failed \((output-limit|timeout)\)/],
  ["return process.env", /process is not defined/],
  ["return require('node:fs').readFileSync('/etc/passwd', 'utf8')", /require is not defined/],
  ["return (await import('node:fs')).readFileSync('/etc/passwd', 'utf8')", /^The program failed \(thrown\)/],
  ["return this.constructor.constructor('return process')().env", /process is not defined/],
  ["return datasets.query.constructor('return process')().env", /process is not defined/],
  ["return await fetch('http://169.254.169.254/')", /^The program failed \(capability-denied\).*not given fetch/],
  ["return await files.readText('/etc/passwd')", /^The program failed \(capability-denied\).*files\.readText/],
  ["return await tools.delete_dataset({ dataset_id: 'films' })", /^The program failed \(capability-denied\)/],
  ["return await datasets.delete('films')", /^The program failed \(capability-denied\).*datasets\.delete/],
  ["return 1 +", /^The program failed \(syntax\)/],
  ["\n\nnothing()", /^The program failed \(thrown\) in line 3: ReferenceError: nothing is not defined/],
])("run_code says how %j failed, and shows nothing of the machine", async (code, expected) => {
  await using client = await createTestClient(server, beside);

  const answer = await client.callTool(runCode, { code });

  expect(answer.isError).toBe(true);
  expect(answer.text).toMatch(expected);
  expect(answer.text).not.toMatch(/root:|node_modules|file:\/\/|\.ts:|\.js:|Internal error/);
});

test("run_code ends a program that does not end, and serves others meanwhile", async () => {
  await using impatient = await createTestServer({ code: { isolation: "process", cpu: "500ms", timeout: "2s" } });
  await using client = await createTestClient(impatient, beside);

  const endless = client.callTool(runCode, { code: "while (true) {}" });
  const other = await client.callTool("list_datasets");
  const answer = await endless;

  expect(other.isError).toBe(false);
  expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(/^The program failed \(timeout\)/) });
});

test("a program that failed leaves the server as it was", async () => {
  await using client = await createTestClient(server, beside);
  await client.callTool(runCode, { code: "Object.prototype.polluted = 1; globalThis.datasets = undefined; throw 1;" });

  const { structured } = await client.callTool(runCode, { code: "return [typeof polluted, 6 * 7]" });

  expect(structured.value).toEqual(["undefined", 42]);
  expect({}).not.toHaveProperty("polluted");
});

test("cancelling the call ends the program", async () => {
  await using client = await createTestClient(server, beside);
  const cancel = new AbortController();
  const call = client.callTool(runCode, { code: "while (true) {}" }, { signal: cancel.signal });
  const executor = await server.services.executor.get();

  cancel.abort(new Error("Changed my mind"));

  await expect(call).rejects.toThrow("Changed my mind");
  expect((await executor.run("return 1")).ok).toBe(true);
});

test("where the sandbox is missing the server works, and run_code says so without the reason", async () => {
  const lines: string[] = [];
  const missing: SandboxBackend = {
    isolation: "process",
    languages: ["javascript"],
    spawn() {
      throw new CodeExecutorError("unavailable", "isolated-vm has no binary for this platform");
    },
  };
  await using staged = createServer({
    name: "test",
    version: "0",
    services: { executor: service({ start: () => new Lazy(async () => createCodeExecutor({ backend: missing })) }) },
    components: [runCode],
    log: stderrLogger({ write: (line) => void lines.push(line) }),
  }).use(exposeRefusals);
  await using client = await createTestClient(staged);

  const answer = await client.callTool(runCode, { code: "return 1" });

  expect(answer).toMatchObject({
    isError: true,
    text: "This server cannot run programs: its sandbox is not available. Use the other tools.",
  });
  expect(lines.join("")).toContain("isolated-vm has no binary for this platform");
});
