import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A series with its value, as the API of Prometheus answers. */
export interface FoundSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A Prometheus that runs for one check. */
export interface PrometheusProcess extends AsyncDisposable {
  /** Where its pages and its API are. */
  readonly url: string;
  query(expression: string): Promise<readonly FoundSeries[]>;
  /** How many exemplars the series of an expression have had within the last minute. */
  exemplars(expression: string): Promise<number>;
  /** Asks until there is an answer, for 20 s. @throws Error that quotes the expression and what the targets' state is */
  eventually(expression: string): Promise<readonly FoundSeries[]>;
}

/** Whether Prometheus and its tool are installed. */
export function hasPrometheus(): boolean {
  try {
    for (const binary of ["prometheus", "promtool"]) execFileSync(binary, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs promtool. @throws Error with what it said */
export async function promtool(args: readonly string[], input?: string): Promise<string> {
  const running = execute("promtool", args);
  running.child.stdin?.end(input ?? "");
  try {
    const { stdout, stderr } = await running;
    return `${stdout}${stderr}`;
  } catch (cause) {
    const { stdout, stderr } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`promtool ${args.join(" ")}: ${stdout ?? ""}${stderr ?? ""}`, { cause });
  }
}

/**
 * Starts Prometheus on a free port of the loopback, with a folder of its own that is removed with it.
 * @param targets Host and port of each server to scrape, every second, as job `plinth`.
 * @param ruleFile The rules to evaluate every second.
 */
export async function startPrometheus(targets: readonly string[], ruleFile: string): Promise<PrometheusProcess> {
  const folder = mkdtempSync(join(tmpdir(), "plinth-prometheus-"));
  const config = join(folder, "prometheus.yml");
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: [ruleFile],
      scrape_configs: [{ job_name: "plinth", static_configs: [{ targets }] }],
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=exemplar-storage",
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = once(child, "exit");

  async function api(path: string): Promise<unknown> {
    const response = await fetch(`${url}/api/v1/${path}`);
    const { data } = (await response.json()) as { readonly data: unknown };
    return data;
  }
  async function query(expression: string): Promise<readonly FoundSeries[]> {
    const { result } = (await api(`query?query=${encodeURIComponent(expression)}`)) as {
      readonly result: FoundSeries[];
    };
    return result;
  }
  async function eventually(expression: string): Promise<readonly FoundSeries[]> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const found = await query(expression).catch(() => []);
      if (found.length > 0) return found;
      if (child.exitCode !== null) throw new Error(`Prometheus ended with status ${child.exitCode}`);
      await delay(200);
    }
    const state = JSON.stringify(await api("targets").catch(String));
    throw new Error(`Prometheus has nothing for ${expression}; its targets: ${state}`);
  }
  async function exemplars(expression: string): Promise<number> {
    const now = Date.now() / 1_000;
    const range = `start=${now - 60}&end=${now + 1}`;
    const found = await api(`query_exemplars?query=${encodeURIComponent(expression)}&${range}`);
    return (found as readonly { readonly exemplars: readonly unknown[] }[]).flatMap((series) => series.exemplars)
      .length;
  }
  return {
    url,
    query,
    exemplars,
    eventually,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Prometheus cannot be told to take any free port and say which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
