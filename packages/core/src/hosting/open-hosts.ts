import { KitError } from "../errors/kit-error.ts";
import { sumStats, type HostStats } from "./server-stats.ts";

/** Something that serves until it is closed. */
export interface OpenHost {
  /** Resolves when it serves no more, however that came. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
  /** What it holds open now; absent where it serves nothing itself. */
  readonly stats?: () => HostStats;
}

/**
 * The hosts of one server, so that closing the server closes them all: those that are open, and those that are about to
 * be.
 */
export class OpenHosts {
  readonly #open = new Set<OpenHost>();
  readonly #opening = new Set<Promise<unknown>>();
  #closing = false;

  /** Follows a host from its opening to its end. @throws KitError `UNAVAILABLE` when the server is closed meanwhile */
  add<Host extends OpenHost>(opening: Promise<Host>): Promise<Host> {
    const opened = this.#follow(opening);
    this.#opening.add(opened);
    const settle = (): void => void this.#opening.delete(opened);
    opened.then(settle, settle);
    return opened;
  }

  /** Closes every open host; one that is still opening is closed as soon as it is open. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#open].map((host) => host.close()));
  }

  /** What all open hosts hold open together. */
  stats(): HostStats {
    return sumStats([...this.#open].flatMap(({ stats }) => stats?.() ?? []));
  }

  /** Resolves when no host is opening any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#opening);
  }

  async #follow<Host extends OpenHost>(opening: Promise<Host>): Promise<Host> {
    const host = await opening;
    if (this.#closing) {
      await host.close();
      throw new KitError("UNAVAILABLE", "The server was closed before it could serve");
    }
    this.#open.add(host);
    void host.closed.then(() => this.#open.delete(host));
    return host;
  }
}
