/** Signals that a terminal or a supervisor sends to every process of a group. */
const groupSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Leaves these signals to the primary, which says in order who stops when: a worker that stopped by itself would take no
 * more connections while the primary still takes them in.
 *
 * @returns a function that gives the default back.
 */
export function leaveSignals(): () => void {
  const ignore = (): void => undefined;
  for (const signal of groupSignals) process.on(signal, ignore);
  return () => {
    for (const signal of groupSignals) process.off(signal, ignore);
  };
}
