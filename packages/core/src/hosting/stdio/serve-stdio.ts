import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { assertOneOf } from "../../errors/assert-one-of.ts";
import { assertWholeNumber, longestTimerMs } from "../../errors/assert-whole-number.ts";
import type { HostedServer } from "../hosted-server.ts";
import { laneNames, type LaneName } from "../lane-name.ts";
import type { HostStats } from "../server-stats.ts";
import { openLane, type OpenLane } from "./open-lane.ts";
import { watchParent } from "./parent-watch.ts";
import { StdioChannel } from "./stdio-channel.ts";
import { guardStdout } from "./stdout-guard.ts";

const mebibyte = 1024 * 1024;

/** Milliseconds that closing may take once draining is over; then a client that does not read loses the rest. */
const closeMs = 250;

/** Requests that run no code of the server's author, and so cannot block the event loop. */
const ownMethods: ReadonlySet<string> = new Set([
  "initialize",
  "logging/setLevel",
  "ping",
  "prompts/list",
  "server/discover",
  "subscriptions/listen",
  "tools/list",
]);

/** Options for {@link serveStdio}. */
export interface StdioOptions {
  /** @default process.stdin */
  readonly input?: Readable;
  /** @default process.stdout */
  readonly output?: Writable;
  /** Bytes one message may have; a longer one is skipped and refused. @default 10 MiB, as in the SDK */
  readonly maxLineBytes?: number;
  /** Bytes that may wait for a client that reads slowly; above that nothing more is read from it. @default 8 MiB */
  readonly maxBacklogBytes?: number;
  /**
   * Milliseconds that calls in flight get to finish after the end of input or `close()`. Clients wait about two seconds
   * after they close a server's stdin before they kill it. A client that is gone is not waited for. @default 1_500
   */
  readonly drainMs?: number;
  /** `subscriptions/listen` streams that the client may hold open. @default 1_024 */
  readonly maxSubscriptions?: number;
  /**
   * Ends the server when the process that started it has ended. Turn it off for a launcher that leaves before its
   * client does.
   * @default true when `input` is the process's own
   */
  readonly watchParent?: boolean;
  /**
   * Who speaks the protocol: `direct` is Plinth itself, `sdk` the official SDK, which takes longer to load and more time
   * per call. Clients see no difference. @default "direct"
   */
  readonly lane?: LaneName;
}

/** A running stdio server. */
export interface StdioHost {
  /** Resolves when the client has left or {@link close} is done. Never rejects. The services are still up then. */
  readonly closed: Promise<void>;
  /** Reads nothing more, lets calls in flight finish up to `drainMs`, and ends the connection. */
  close(): Promise<void>;
  /** What it holds open now. */
  stats(): HostStats;
}

/**
 * Starts the services and serves one client over standard input and output, in the era that it opens with.
 *
 * While it serves, stdout belongs to the protocol: what else is written there goes to stderr with a warning. The
 * connection ends at the end of input (after draining), and at once when the client is gone: its process has ended, or
 * its pipe is closed.
 *
 * @throws KitError `UNAVAILABLE` when a service fails to start, `MISUSE` for an option out of range
 */
export async function serveStdio(server: HostedServer, options: StdioOptions = {}): Promise<StdioHost> {
  const {
    input = process.stdin,
    output = process.stdout,
    maxLineBytes = 10 * mebibyte,
    maxBacklogBytes = 8 * mebibyte,
    drainMs = 1_500,
    maxSubscriptions,
    watchParent: watches = input === process.stdin,
    lane = "direct",
  } = options;
  assertOneOf("lane", lane, laneNames);
  assertWholeNumber("maxLineBytes", maxLineBytes, { least: 1 });
  assertWholeNumber("maxBacklogBytes", maxBacklogBytes, { least: 1 });
  assertWholeNumber("drainMs", drainMs, { most: longestTimerMs });

  const closed = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const guard = output === process.stdout ? guardStdout({ log: server.log }) : undefined;
  const watch = watches ? watchParent(() => void leave("the parent process ended", true)) : undefined;
  const onProblem = (error: Error): void =>
    server.log.warn("A message could not be served", { transport: "stdio", error });
  const channel = new StdioChannel({
    input,
    output,
    ...(guard !== undefined && { write: guard.write }),
    maxLineBytes,
    maxBacklogBytes,
    onDeparture: (departure) => {
      if (departure === "end-of-input") watch?.lookClosely();
      void leave(departure, departure !== "end-of-input");
    },
    onProblem,
  });
  let serving: OpenLane | undefined;
  let ending: Promise<void> | undefined;

  /** Ends once, however often the client is found to have left; finding it gone cuts a drain short. */
  function leave(reason: string, isGone: boolean): Promise<void> {
    if (isGone) gone.resolve();
    if (ending === undefined) server.log.debug("The stdio connection ends", { reason });
    return (ending ??= end());
  }

  async function end(): Promise<void> {
    channel.stopReading();
    const timers = new AbortController();
    const timeUp = (ms: number): Promise<unknown> => delay(ms, undefined, timers).catch(() => undefined);
    await Promise.race([channel.answered(), gone.promise, timeUp(drainMs)]);
    // The end of each subscription is written and waited for, which a client that does not read would never let it see.
    const closing = serving?.close();
    await Promise.race([closing, gone.promise, timeUp(closeMs)]);
    channel.close();
    await closing;
    timers.abort();
    watch?.stop();
    guard?.release();
    closed.resolve();
  }

  try {
    // After the guard: services are code that may print, too.
    await server.start();
    serving = await openLane(lane, {
      server,
      channel,
      ...(maxSubscriptions !== undefined && { maxSubscriptions }),
      onMessage: (message) => {
        if ("method" in message && "id" in message && !ownMethods.has(message.method)) watch?.coverBlocking();
      },
      onProblem,
    });
  } catch (error) {
    await leave("it could not be opened", true);
    throw error;
  }
  return {
    closed: closed.promise,
    close: () => leave("it was closed", false),
    stats: () => ({ connections: 1, sessions: 0, subscriptions: serving?.subscriptions ?? 0 }),
  };
}
