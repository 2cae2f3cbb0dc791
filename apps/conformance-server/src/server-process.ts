import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A server in a process of its own, on HTTP. */
export interface ServerProcess extends AsyncDisposable {
  /** Where it serves MCP. */
  readonly url: string;
}

/**
 * Runs `node` with `args`, a program that ends in `server.run()`, on a free port of the loopback address. `env` is added to
 * the environment.
 * @throws Error with what the program logged when it ends before it listens
 */
export async function startServerProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, TRANSPORT: "http", HOST: "127.0.0.1", PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const log: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    // The preset logs to stdout over HTTP, core alone to stderr.
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        log.push(line);
        const found = urlIn(line);
        if (found !== undefined) resolve(found);
      });
    }
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`The server ended before it listened:\n${log.join("\n")}`)));
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

function urlIn(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  const { message, url } = JSON.parse(line) as { message?: unknown; url?: unknown };
  return message === "Listening" && typeof url === "string" ? url : undefined;
}
