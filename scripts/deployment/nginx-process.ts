import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether there is an nginx that can be started. */
export const hasNginx: boolean = spawnSync("nginx", ["-v"]).error === undefined;

/** An nginx of our own: an ordinary process in the foreground with all its files in a folder of its own. */
export type NginxProcess = AsyncDisposable;

/** Options for {@link startNginx}. */
export interface NginxOptions {
  /** What stands in the `http` block; `PREFIX` stands for the folder of `files`. */
  readonly http: string;
  /** Files beside the configuration, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Starts nginx and resolves once it serves; rejects with its log when it does not take the configuration. */
export async function startNginx({ http, files }: NginxOptions): Promise<NginxProcess> {
  const prefix = await mkdtemp(join(tmpdir(), "plinth-nginx-"));
  // A worker of a master that is root is somebody else.
  await chmod(prefix, 0o755);
  await mkdir(join(prefix, "temp"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(prefix, name), text);
  const path = join(prefix, "nginx.conf");
  await writeFile(path, configuration(prefix, http));
  const child = spawn("nginx", ["-p", prefix, "-c", path, "-e", "stderr"], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  let isOver = false;
  let log = "";
  void ended.then(() => (isOver = true));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const nginx: NginxProcess = {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      await rm(prefix, { recursive: true, force: true });
    },
  };
  try {
    while (!log.includes("start worker process ")) {
      if (isOver) throw new Error(`nginx ended:\n${log}`);
      await Promise.race([once(child.stderr, "data"), ended]);
    }
  } catch (error) {
    await nginx[Symbol.asyncDispose]();
    throw error;
  }
  return nginx;
}

function configuration(prefix: string, http: string): string {
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${prefix}/temp/${name};`,
  );
  return [
    "daemon off;",
    "worker_processes 1;",
    `pid ${prefix}/nginx.pid;`,
    "error_log stderr notice;",
    "events { worker_connections 256; }",
    `http { access_log off; ${folders.join(" ")}`,
    http.replaceAll("PREFIX", prefix),
    "}",
  ].join("\n");
}
