import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { stopListening } from "../http/drain.ts";
import type { ResolvedHttpOptions } from "../http/http-options.ts";
import { listen } from "../http/listener.ts";

/** A process that connections can be handed to. */
export interface Taker {
  /** Hands over a connection, of which this process keeps a copy until it is told that it was taken. */
  give(socket: Socket): void;
}

interface Seat {
  readonly taker: Taker;
  /** `listening` can answer, if only that it is not ready; `retired` gets no more. */
  state: "listening" | "ready" | "retired";
  /** Handed over and not yet taken, oldest first. */
  readonly given: Socket[];
}

/**
 * The port that the workers share. The primary takes the connections in and hands them over in turn.
 *
 * `node:cluster` can do that too, and loses connections where this must not: it resets those that wait in the primary
 * when the last worker stops listening, cuts those between two requests when it disconnects a worker, forgets those
 * that were on their way to a worker that dies, and gives the port up while there is none.
 *
 * A connection waits here while every worker still has one to take, so that a busy one does not collect them, and while
 * there is no worker at all. One that was not taken before its worker died goes to another.
 */
export class SharedPort {
  readonly #listener: Server;
  readonly #waiting: Socket[] = [];
  /** In the order of their turns. */
  readonly #seats = new Map<Taker, Seat>();
  readonly #count = { taken: 0 };
  #closed = false;

  private constructor(maxConnections: number) {
    this.#listener = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
      this.#count.taken += 1;
      // It is not read here, so this can only tell that a client has gone, which its worker will notice.
      socket.on("error", () => undefined);
      this.#waiting.push(socket);
      this.#handOver();
    });
    this.#listener.maxConnections = maxConnections;
  }

  /** Listens. @throws KitError `CONFLICT` when the port is taken, `MISUSE` when it cannot be had otherwise */
  static async open(options: ResolvedHttpOptions): Promise<SharedPort> {
    const port = new SharedPort(options.maxConnections);
    await listen(port.#listener, options);
    return port;
  }

  get number(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** A worker that listens: it gets connections as long as none is ready, to say so. */
  add(taker: Taker): void {
    this.#seats.set(taker, { taker, state: "listening", given: [] });
    this.#handOver();
  }

  /** A worker that can serve calls: from now on connections go to such workers alone. */
  prefer(taker: Taker): void {
    const seat = this.#seats.get(taker);
    if (seat?.state === "listening") seat.state = "ready";
    this.#handOver();
  }

  /** A worker has taken the oldest connection that it was given. */
  taken(taker: Taker): void {
    this.#seats.get(taker)?.given.shift()?.destroy();
    this.#handOver();
  }

  /** Gives no more connections to a worker, which may still have some to take. */
  retire(taker: Taker): void {
    const seat = this.#seats.get(taker);
    if (seat !== undefined) seat.state = "retired";
  }

  /** A worker is gone; what it did not take goes to the others. */
  remove(taker: Taker): void {
    const { given = [] } = this.#seats.get(taker) ?? {};
    this.#seats.delete(taker);
    this.#waiting.unshift(...given);
    if (this.#closed) this.#deal();
    else this.#handOver();
  }

  /** Takes in what has connected, stops listening, and hands over all that waits. Nobody may be answered meanwhile. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await stopListening(this.#listener, this.#count);
    this.#closed = true;
    this.#deal();
  }

  #handOver(): void {
    while (this.#waiting.length > 0) {
      const seat = this.#next(({ given }) => given.length === 0);
      if (seat === undefined) return;
      this.#give(seat);
    }
  }

  /** Hands over all that waits, also to workers that are busy, because nothing else will come. */
  #deal(): void {
    while (this.#waiting.length > 0) {
      const seat = this.#next(() => true);
      if (seat === undefined) for (const socket of this.#waiting.splice(0)) socket.destroy();
      else this.#give(seat);
    }
  }

  #give(seat: Seat): void {
    const socket = this.#waiting.shift() as Socket;
    seat.given.push(socket);
    seat.taker.give(socket);
  }

  /** The seat whose turn it is, which then goes to the end of the line. */
  #next(isFree: (seat: Seat) => boolean): Seat | undefined {
    const seats = [...this.#seats.values()];
    const ready = seats.filter(({ state }) => state === "ready");
    const takers = ready.length > 0 ? ready : seats.filter(({ state }) => state === "listening");
    const seat = takers.find(isFree);
    if (seat !== undefined) {
      this.#seats.delete(seat.taker);
      this.#seats.set(seat.taker, seat);
    }
    return seat;
  }
}
