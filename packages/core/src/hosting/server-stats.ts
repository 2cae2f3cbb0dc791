/** What one host holds open now. */
export interface HostStats {
  /** Connections of clients: sockets under HTTP, one under stdio. */
  readonly connections: number;
  /** Sessions of legacy clients. */
  readonly sessions: number;
  /** Open `subscriptions/listen` streams. */
  readonly subscriptions: number;
}

/** What a server holds open now. */
export interface ServerStats extends HostStats {
  /** Calls that run. */
  readonly inFlight: number;
}

/** Adds up what several hosts hold open. */
export function sumStats(all: readonly HostStats[]): HostStats {
  let [connections, sessions, subscriptions] = [0, 0, 0];
  for (const stats of all) {
    connections += stats.connections;
    sessions += stats.sessions;
    subscriptions += stats.subscriptions;
  }
  return { connections, sessions, subscriptions };
}
