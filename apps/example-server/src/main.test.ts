import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appFolder } from "./app-folder.ts";
import { createLocalSite } from "./testing/local-site.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "example-server-"));
});
afterEach(() => rm(folder, { recursive: true }));

const command = [process.execPath, "--conditions=@plinth/source", join(appFolder, "src/main.ts")] as const;

function environment(extra: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", DATABASE_PATH: join(folder, "business.db"), METRICS_PORT: "0", ...extra };
}

async function countFilms(client: Client): Promise<unknown> {
  const answer = await client.callTool({ name: "query_dataset", arguments: { dataset_id: "films", limit: 1 } });
  return (answer.structuredContent as { total: number }).total;
}

test("serves a client that spawns it, twice on the same data", async () => {
  const [program, ...args] = command;
  const totals: unknown[] = [];
  for (const run of ["first", "second"]) {
    const client = new Client({ name: `${run} run`, version: "0" });
    await client.connect(
      new StdioClientTransport({ command: program, args, env: environment(), cwd: folder, stderr: "ignore" }),
    );
    totals.push(await countFilms(client));
    await client.close();
  }

  expect(totals).toEqual([3_201, 3_201]);
});

test("reaches nothing but its web, its workspace and its sandbox, and shows nothing of the machine", async () => {
  const [program, ...args] = command;
  await using site = await createLocalSite((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Allowed</h1>");
  });
  const env = environment({
    FETCH_ALLOWED_ADDRESSES: "127.0.0.1/32",
    FETCH_PORTS: `80,${site.port}`,
    FILES_ROOT: join(folder, "workspace"),
    FILES_GUARANTEE: "best-effort",
    CODE_ISOLATION: "process",
    CODE_CPU: "500ms",
    CODE_TIMEOUT: "5s",
  });
  const client = new Client({ name: "test", version: "0" });
  await client.connect(new StdioClientTransport({ command: program, args, env, cwd: folder, stderr: "ignore" }));
  const call = async (name: string, given: Record<string, unknown>) => {
    const { isError = false, content } = await client.callTool({ name, arguments: given });
    return { isError, text: JSON.stringify(content) };
  };

  const allowed = [
    await call("fetch_page", { url: `http://127.0.0.1:${site.port}/` }),
    await call("write_file", { path: "notes.md", content: "Mine" }),
    await call("run_code", { code: "return (await datasets.list()).datasets.length" }),
  ];
  await symlink("/etc", join(folder, "workspace", "etc"));
  const refused = [
    await call("fetch_page", { url: "http://169.254.169.254/latest/meta-data/" }),
    await call("fetch_page", { url: "http://[::1]/" }),
    await call("read_file", { path: "../business.db" }),
    await call("read_file", { path: "etc/passwd" }),
    await call("write_file", { path: "../business.db", content: "" }),
    await call("run_code", { code: "return process.env" }),
    await call("run_code", { code: "while (true) {}" }),
  ];
  await client.close();

  expect(allowed.map(({ isError }) => isError)).toEqual([false, false, false]);
  expect(await readFile(join(folder, "workspace", "notes.md"), "utf8")).toBe("Mine");
  expect(refused.map(({ isError }) => isError)).toEqual(refused.map(() => true));
  for (const { text } of refused) {
    expect(text).not.toMatch(/root:|SQLite|node_modules|file:\/\/|Internal error/);
    expect(text).not.toContain(folder);
    expect(text).not.toContain(appFolder);
  }
});

test("listens on HTTP when it is given a port, is ready, and ends with 0 on SIGTERM", async () => {
  const [program, ...args] = command;
  const server = spawn(program, args, {
    env: environment({ PORT: "0" }),
    cwd: folder,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const exited = once(server, "exit");
  const url = await listeningUrl(server);
  const client = new Client({ name: "test", version: "0" });
  await client.connect(new StreamableHTTPClientTransport(url));

  const total = await countFilms(client);
  const ready = await fetch(new URL("/readyz", url));
  await client.close();
  server.kill("SIGTERM");

  expect(total).toBe(3_201);
  expect(ready.status).toBe(200);
  expect(await exited).toEqual([0, null]);
});

test("offers code mode when the settings ask for it", async () => {
  const [program, ...args] = command;
  const env = environment({ CODE_MODE: "true", CODE_ISOLATION: "process" });
  const client = new Client({ name: "test", version: "0" });
  await client.connect(new StdioClientTransport({ command: program, args, env, cwd: folder, stderr: "ignore" }));

  const answer = await client.callTool({
    name: "run_code",
    arguments: { code: "return (await tools.query_dataset({ dataset_id: 'films', limit: 1 })).total" },
  });
  await client.close();

  expect(answer.structuredContent).toEqual({ value: 3_201, calls: 1 });
});

test("serves one database from two processes", async () => {
  const [program, ...args] = command;
  const server = spawn(program, [...args, "--port", "0", "--workers", "2"], {
    env: environment(),
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = once(server, "exit");
  const url = await listeningUrl(server);
  const totals: unknown[] = [];
  for (const name of ["first", "second"]) {
    const client = new Client({ name, version: "0" });
    await client.connect(new StreamableHTTPClientTransport(url));
    totals.push(await countFilms(client));
    await client.close();
  }
  server.kill("SIGTERM");

  expect(totals).toEqual([3_201, 3_201]);
  expect(await exited).toEqual([0, null]);
});

test("says in plain words what is wrong with the settings, and ends with 1", async () => {
  const [program, ...args] = command;
  const server = spawn(program, args, { env: environment({ PORT: "many" }), stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(server, "exit");

  const output = await text(server.stderr);

  expect(output).toMatch(/PORT.*many/);
  expect(output).not.toMatch(/\n\s+at /);
  expect(await exited).toEqual([1, null]);
});

/** Waits for the log line that says where the server listens. */
async function listeningUrl(server: ChildProcess): Promise<URL> {
  if (!server.stdout) throw new Error("The server's stdout must be a pipe.");
  for await (const line of createInterface(server.stdout)) {
    const { message, url } = JSON.parse(line) as { message: string; url?: string };
    if (message === "Listening" && url) return new URL(url);
  }
  throw new Error("The server ended before it listened.");
}
