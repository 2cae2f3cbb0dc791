import type { Logger } from "../context/logger.ts";
import { KitError } from "../errors/kit-error.ts";
import { toError } from "../errors/to-error.ts";
import type { HttpOptions } from "./http/http-options.ts";
import type { ListenSettings } from "./http/listen-http.ts";
import { onShutdownSignal } from "./shutdown.ts";
import type { StdioOptions } from "./stdio/serve-stdio.ts";
import { logUncaughtErrors } from "./uncaught-errors.ts";
import { logUnhandledRejections } from "./unhandled-rejections.ts";
import type { JoiningServer } from "./workers/join-primary.ts";
import { leaveSignals } from "./workers/leave-signals.ts";
import type { Workers, WorkersOptions } from "./workers/open-workers.ts";
import { workerCount } from "./workers/worker-count.ts";
import { toWorkerHttpOptions } from "./workers/worker-http-options.ts";
import { isWorkerProcess } from "./workers/worker-mark.ts";

/** Options for `server.run()`. */
export interface RunOptions {
  /**
   * Processes that serve HTTP, each on a core of its own; `auto` is one for each available core. With more than one, this
   * process only has the port and keeps them running, and the program runs anew in each: what stands before `run()` does
   * so in all of them. Legacy clients are served without sessions then, and what a middleware or a service keeps in
   * memory is kept once per process. @default the environment's `WORKERS`, or 1
   */
  readonly workers?: number | "auto";
  /**
   * `auto` means HTTP when a port is given by option or by the environment's `PORT`, otherwise stdio, the way clients
   * spawn servers. @default the environment's `TRANSPORT`, or "auto"
   */
  readonly transport?: "auto" | "stdio" | "http";
  /** For HTTP; `port` and `host` default to the environment's `PORT` and `HOST`. */
  readonly http?: HttpOptions;
  /** For stdio. */
  readonly stdio?: StdioOptions;
  /** Ends the process with a status, also when a tool's timer would keep it alive. @default process.exit */
  readonly exit?: (status: number) => void;
}

/** The part of a server that {@link run} drives. */
interface RunnableServer extends JoiningServer {
  readonly name: string;
  readonly version: string;
  readonly log: Logger;
  readonly state: string;
  listen(options: HttpOptions, settings?: ListenSettings): Promise<{ readonly closed: Promise<void> }>;
  listenInWorkers(options: WorkersOptions): Promise<Pick<Workers, "started" | "closed">>;
  serveStdio(options: StdioOptions): Promise<{ readonly closed: Promise<void> }>;
}

/**
 * The main of a server process: serves on the transport that fits, until a signal or, under stdio, until the client
 * goes away; then closes the server and ends the process. Rejected promises that nobody handles are logged and do not
 * end it; errors that nobody catches are logged, and do. Whatever keeps it from serving is logged as one line, and the exit
 * status is 1 then.
 */
export async function run(server: RunnableServer, options: RunOptions): Promise<void> {
  const { log } = server;
  const exit = once(options.exit ?? ((status) => process.exit(status)));
  const ignoreSignals = isWorkerProcess() ? leaveSignals() : onShutdownSignal(() => server.close(), { log, exit });
  const endRejections = logUnhandledRejections(log);
  const endErrors = logUncaughtErrors(log);
  let status = 0;
  try {
    await serve(server, options);
  } catch (error) {
    if (server.state === "draining" || server.state === "closed") {
      // It was told to stop while it started, which is no failure.
      log.info("Stopped before it could serve", { reason: toError(error).message });
    } else {
      log.error(toError(error).message, KitError.isInstance(error) ? {} : { error });
      status = 1;
    }
  }
  await server.close();
  ignoreSignals();
  endRejections();
  endErrors();
  exit(status);
}

/** Serves until the client leaves (stdio) or the host has closed (HTTP). */
async function serve(server: RunnableServer, options: RunOptions): Promise<void> {
  if (isWorkerProcess()) {
    await serveAsWorker(server, options);
    return;
  }
  const transport = chooseTransport(options);
  const workers = workerCount(options.workers, transport);
  if (transport === "stdio") {
    const { closed } = await server.serveStdio(options.stdio ?? {});
    server.log.info("Serving MCP over stdio", { name: server.name, version: server.version });
    await closed;
  } else if (workers === 1) {
    const { closed } = await server.listen(withEnvironment(options.http ?? {}));
    await closed;
  } else {
    const { started, closed } = await server.listenInWorkers({ http: withEnvironment(options.http ?? {}), workers });
    await started;
    await closed;
  }
}

/** Serves what the primary hands over; see `openWorkers`. */
async function serveAsWorker(server: RunnableServer, { http = {} }: RunOptions): Promise<void> {
  const { joinPrimary } = await import("./workers/join-primary.ts");
  const source = await joinPrimary(server);
  const { closed } = await server.listen(toWorkerHttpOptions(withEnvironment(http)), { source });
  await closed;
}

/** A signal and the end of serving may both want to end the process; the first one does. */
function once(exit: (status: number) => void): (status: number) => void {
  let exited = false;
  return (status) => {
    if (exited) return;
    exited = true;
    exit(status);
  };
}

function chooseTransport({ transport, http }: RunOptions): "stdio" | "http" {
  const choice = transport ?? environment("TRANSPORT") ?? "auto";
  if (choice === "stdio" || choice === "http") return choice;
  if (choice === "auto") return (http?.port ?? environment("PORT")) === undefined ? "stdio" : "http";
  throw new KitError("MISUSE", `TRANSPORT is ${JSON.stringify(choice)}; use "auto", "stdio" or "http"`);
}

function withEnvironment(http: HttpOptions): HttpOptions {
  const port = http.port ?? toPort(environment("PORT"));
  const host = http.host ?? environment("HOST");
  return { ...http, ...(port !== undefined && { port }), ...(host !== undefined && { host }) };
}

/** Digits alone: `Number` would read a blank as 0 and take any free port. */
function toPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new KitError("MISUSE", `PORT is ${JSON.stringify(text)}; use a whole number from 0 to 65535`);
}

/** A variable that is set to nothing counts as not set, as in most shells' scripts and container files. */
function environment(name: "HOST" | "PORT" | "TRANSPORT"): string | undefined {
  return process.env[name] || undefined;
}
