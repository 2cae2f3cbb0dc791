import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scrape, seriesOf, valueOf } from "./fixtures/scrape.ts";

const program = fileURLToPath(new URL("fixtures/worker-server.ts", import.meta.url));
const calls = 'plinth_call_duration_seconds_count{method="tools/call",target="pid",outcome="ok"}';

let primary: ChildProcess;
/** Where the metrics and the MCP endpoint are. */
let [metricsUrl, mcpUrl] = ["", ""];

beforeAll(async () => {
  primary = spawn(process.execPath, ["--conditions=@plinth/source", program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, WORKERS: "", PORT: "", HOST: "", TRANSPORT: "" },
    detached: true,
  });
  const urls = new Map<string, string>();
  const listening = Promise.withResolvers<void>();
  createInterface(primary.stdout!).on("line", (line) => {
    const { message, url } = JSON.parse(line) as { readonly message: string; readonly url?: string };
    if (url !== undefined) urls.set(message, url);
    if (urls.size === 2) listening.resolve();
  });
  void once(primary, "exit").then(() => listening.reject(new Error("It ended before it could serve")));
  await listening.promise;
  [metricsUrl, mcpUrl] = [urls.get("Metrics")!, urls.get("Listening")!];
});

afterAll(async () => {
  // Its group, with the worker that blocks for ever.
  process.kill(-primary.pid!, "SIGKILL");
  if (primary.exitCode === null && primary.signalCode === null) await once(primary, "exit");
});

/** Calls a tool on a connection of its own, so that the workers take turns. */
async function call(name: string): Promise<string> {
  const response = await fetch(mcpUrl, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": name,
      connection: "close",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: {
        name,
        arguments: {},
        _meta: {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
          "io.modelcontextprotocol/clientCapabilities": {},
        },
      },
    }),
  });
  const { result } = (await response.json()) as { result: { content: [{ text: string }] } };
  return result.content[0].text;
}

describe("several workers", () => {
  it("are one server for its scraper, whichever of them it asks, and however one of them ends", async () => {
    const pids = new Set<string>();
    for (let index = 0; index < 8; index += 1) pids.add(await call("pid"));
    const [port, route] = [await scrape(metricsUrl), await scrape(new URL("/metrics", mcpUrl).href)];

    expect(pids.size).toBe(2);
    expect(valueOf(port.text, calls)).toBe(8);
    expect(valueOf(route.text, calls)).toBe(8);
    expect(valueOf(port.text, 'plinth_workers{state="answered"}')).toBe(2);
    expect(valueOf(port.text, "plinth_server_ready")).toBe(1);
    expect(seriesOf(port.text, "plinth_build_info")).toHaveLength(1);
    expect((await scrape(new URL("/readyz", metricsUrl).href)).status).toBe(200);

    const [victim] = pids;
    process.kill(Number(victim), "SIGKILL");
    await expect.poll(async () => valueOf((await scrape(metricsUrl)).text, 'plinth_workers{state="answered"}')).toBe(1);
    const { text } = await scrape(metricsUrl);

    expect(valueOf(text, calls)).toBe(8);
  });

  it("keep what they counted when they leave for others", async () => {
    const before = valueOf((await scrape(metricsUrl)).text, calls)!;
    const first = [await call("pid"), await call("pid"), await call("pid"), await call("pid")];

    process.kill(primary.pid!, "SIGHUP");
    let made = first.length;
    const later = new Set<string>();
    await expect
      .poll(async () => {
        made += 1;
        later.add(await call("pid"));
        return [...later].filter((pid) => !first.includes(pid)).length;
      })
      .toBe(2);
    const { text } = await scrape(metricsUrl);

    expect(valueOf(text, calls)).toBe(before + made);
  });

  it("are answered for when one of them hangs", async () => {
    await expect.poll(async () => valueOf((await scrape(metricsUrl)).text, 'plinth_workers{state="answered"}')).toBe(2);
    const before = valueOf((await scrape(metricsUrl)).text, calls);

    call("block").catch(() => undefined);
    await expect.poll(async () => valueOf((await scrape(metricsUrl)).text, 'plinth_workers{state="silent"}')).toBe(1);
    const { text } = await scrape(metricsUrl);

    expect(valueOf(text, calls)).toBe(before);
    expect(valueOf(text, 'plinth_workers{state="answered"}')).toBe(1);
  });
});
