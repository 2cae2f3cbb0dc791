import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

/** Bounds of one {@link createEventStore}. */
export interface EventStoreOptions {
  readonly maxEvents: number;
  readonly maxEventBytes: number;
}

interface StoredEvent {
  readonly streamId: string;
  /** As JSON: what the sender does to the message afterwards must not change what a client is sent later. */
  readonly json: string;
}

interface StreamRecord {
  /** Events held. */
  held: number;
  /** Number of the newest event that was dropped. */
  lastDropped: number;
}

/**
 * Keeps the latest messages of one session in memory, so that a client whose stream broke can resume after the last
 * event it got (MCP 2025-11-25, transports, resumability). The oldest go first. A client that missed a dropped message
 * is refused, not given a stream with a hole in it.
 */
export function createEventStore({ maxEvents, maxEventBytes }: EventStoreOptions): EventStore {
  const events = new Map<number, StoredEvent>();
  const streams = new Map<string, StreamRecord>();
  let latest = 0;
  let bytes = 0;

  function drop(number: number, { streamId, json }: StoredEvent): void {
    events.delete(number);
    bytes -= Buffer.byteLength(json);
    const stream = streams.get(streamId);
    if (stream === undefined) return;
    stream.held -= 1;
    stream.lastDropped = number;
    if (stream.held === 0 && number !== latest) streams.delete(streamId);
  }

  /** The stream that an id belongs to and its number, if everything after it is still there. */
  function find(eventId: string): { readonly streamId: string; readonly number: number } | undefined {
    const [, digits = "", streamId = ""] = /^(\d{1,15})-(.+)$/.exec(eventId) ?? [];
    const stream = streams.get(streamId);
    const number = Number(digits);
    if (stream === undefined || number > latest || number < stream.lastDropped) return undefined;
    return { streamId, number };
  }

  return {
    storeEvent(streamId, message) {
      const number = (latest += 1);
      const event: StoredEvent = { streamId, json: JSON.stringify(message) };
      const stream = streams.get(streamId) ?? { held: 0, lastDropped: 0 };
      stream.held += 1;
      streams.set(streamId, stream);
      events.set(number, event);
      bytes += Buffer.byteLength(event.json);
      for (const [oldest, dropped] of events) {
        if (events.size <= maxEvents && bytes <= maxEventBytes) break;
        drop(oldest, dropped);
      }
      return Promise.resolve(`${number}-${streamId}`);
    },

    getStreamIdForEventId: (eventId) => Promise.resolve(find(eventId)?.streamId),

    async replayEventsAfter(lastEventId, { send }) {
      const found = find(lastEventId);
      if (found === undefined) throw new Error("The event is not held any more");
      // A copy: events that come and go while the client is written to must not make a hole.
      for (const [number, { streamId, json }] of Array.from(events)) {
        if (streamId !== found.streamId || number <= found.number || json === "{}") continue;
        await send(`${number}-${streamId}`, JSON.parse(json) as JSONRPCMessage);
      }
      return found.streamId;
    },
  };
}
