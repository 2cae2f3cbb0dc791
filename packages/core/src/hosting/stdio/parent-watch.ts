import { startOrphanWatchdog, type OrphanWatchdog } from "../orphan-watchdog.ts";

/**
 * Milliseconds between two looks at the parent: three of them must fit in the two seconds that a server may outlive its
 * client.
 */
const intervalMs = 400;

/** Milliseconds between two looks once there is a sign that the parent may have ended. */
const closeIntervalMs = 20;

/** Watches for the end of the process that started this one. */
export interface ParentWatch {
  /** Covers code that may block the event loop; call it before such code runs. Does nothing the second time. */
  coverBlocking(): void;
  /** Looks more often from now on: the end of input tells a client that ended only from one that sends no more. */
  lookClosely(): void;
  stop(): void;
}

/**
 * Calls `onGone` once when the parent process has ended: this process then has another parent (POSIX; on Windows the
 * parent id stays, and the end of stdin is the sign), or its IPC channel is closed. Does not keep the process alive.
 */
export function watchParent(onGone: () => void): ParentWatch {
  const parent = process.ppid;
  let watchdog: OrphanWatchdog | undefined;
  let stopped = false;

  let timer = setInterval(look, intervalMs).unref();
  if (process.connected) process.on("disconnect", gone);

  function look(): void {
    if (process.ppid !== parent) gone();
  }

  function unwatch(): void {
    stopped = true;
    clearInterval(timer);
    process.off("disconnect", gone);
  }

  function gone(): void {
    if (stopped) return;
    unwatch();
    onGone();
  }

  return {
    coverBlocking() {
      if (!stopped) watchdog ??= startOrphanWatchdog({ parent, intervalMs });
    },
    lookClosely() {
      if (stopped) return;
      clearInterval(timer);
      timer = setInterval(look, closeIntervalMs).unref();
    },
    stop() {
      unwatch();
      watchdog?.stop();
    },
  };
}
