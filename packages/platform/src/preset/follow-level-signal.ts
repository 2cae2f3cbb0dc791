import { isWorkerProcess, type LogLevel } from "@plinth/core";
import type { PlatformLogger } from "@plinth/observability";

/** What primary and workers tell each other; others who use the channel have other keys. */
interface LevelMessage {
  /** The level that counts from now on; `"?"` asks for it. */
  readonly plinthLogLevel: LogLevel | "?";
}

/**
 * Has `SIGUSR2` turn the lines of level `debug` on, and off again the next time: who may signal a process may do anything
 * with it anyway, so that it opens nothing. With workers the signal is for the primary, which tells them, those that start
 * later too.
 *
 * @returns what ends it
 */
export async function followLevelSignal(log: PlatformLogger, { workers }: { workers: boolean }): Promise<() => void> {
  if (isWorkerProcess()) return followPrimary(log);
  const usual = log.level;
  const other = usual === "debug" ? "info" : "debug";
  const tellWorkers = workers ? await leadWorkers(() => log.level) : undefined;
  const toggle = (): void => {
    log.level = log.level === usual ? other : usual;
    log.warn("The log level was changed by SIGUSR2", { to: log.level });
    tellWorkers?.();
  };
  process.on("SIGUSR2", toggle);
  return () => void process.off("SIGUSR2", toggle);
}

/** One signal may go to a whole group of processes: here it does nothing, and the primary's word counts. */
function followPrimary(log: PlatformLogger): () => void {
  const ignore = (): void => undefined;
  const onMessage = (message: unknown): void => {
    const level = isLevelMessage(message) ? message.plinthLogLevel : "?";
    if (level !== "?") log.level = level;
  };
  process.on("SIGUSR2", ignore).on("message", onMessage);
  process.send?.({ plinthLogLevel: "?" } satisfies LevelMessage, undefined, undefined, ignore);
  return () => void process.off("SIGUSR2", ignore).off("message", onMessage);
}

async function leadWorkers(level: () => LogLevel): Promise<() => void> {
  const { default: cluster } = await import("node:cluster");
  const nobody = (): void => undefined;
  cluster.on("message", (worker, message: unknown) => {
    if (!isLevelMessage(message)) return;
    worker.send({ plinthLogLevel: level() } satisfies LevelMessage, undefined, undefined, nobody);
  });
  return () => {
    for (const worker of Object.values(cluster.workers ?? {})) {
      worker?.send({ plinthLogLevel: level() } satisfies LevelMessage, undefined, undefined, nobody);
    }
  };
}

function isLevelMessage(message: unknown): message is LevelMessage {
  return typeof message === "object" && message !== null && "plinthLogLevel" in message;
}
