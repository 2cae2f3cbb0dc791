import type { WireAnswer } from "./wire-client.ts";

/** What an answer says, apart from what no two answers have in common. */
export interface LaneAnswer {
  readonly status: number;
  /** All but date and framing. */
  readonly headers: Readonly<Record<string, string>>;
  readonly kind: "none" | "empty" | "json" | "events" | "text";
  /** JSON-RPC messages in their order; for `text` the body. */
  readonly messages: readonly unknown[];
  /** Fields of events other than their data, in order. */
  readonly fields: readonly string[];
}

/** Differ with the clock, or with how a body is cut into pieces. */
const framing = new Set(["date", "content-length", "transfer-encoding", "keep-alive"]);

/** Twelve characters of the process, a counter: what `nextRequestId` makes. */
const requestId = /[\w-]{12}-[0-9a-z]+(?="|\.? when| when)/g;

/** Reads an answer for comparison: request ids, session ids and sealed states are replaced by what they are. */
export function toLaneAnswer({ status, headers, body }: WireAnswer): LaneAnswer {
  const kept: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (framing.has(name)) continue;
    kept[name] = name === "mcp-session-id" ? "<session>" : value;
  }
  const rest = { status, headers: kept };
  if (status === 0) return { ...rest, kind: "none", messages: [], fields: [] };
  if (body === "") return { ...rest, kind: "empty", messages: [], fields: [] };
  const type = headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) return { ...rest, kind: "events", ...readEvents(body) };
  if (!type.startsWith("application/json")) return { ...rest, kind: "text", messages: [body], fields: [] };
  return { ...rest, kind: "json", messages: [readMessage(body)], fields: [] };
}

function readEvents(body: string): Pick<LaneAnswer, "messages" | "fields"> {
  const messages: unknown[] = [];
  const fields: string[] = [];
  // A stream that does not end in an empty line has been cut off.
  const frames = body.split("\n\n");
  const tail = frames.pop();
  if (tail !== "") fields.push(`cut off: ${tail}`);
  for (const frame of frames) {
    for (const line of frame.split("\n")) {
      if (line === "data: ") fields.push(line);
      else if (line.startsWith("data: ")) messages.push(readMessage(line.slice("data: ".length)));
      else fields.push(line.startsWith("id: ") ? "id: <event>" : line);
    }
  }
  return { messages, fields };
}

function readMessage(text: string): unknown {
  try {
    return JSON.parse(text, neutral);
  } catch {
    return `not JSON: ${text}`;
  }
}

function neutral(key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (key === "requestId") return "<request id>";
  if (key === "requestState" && value.length > 60) return `<sealed state of ${value.length} characters>`;
  return value.includes("Quote request id") ? value.replace(requestId, "<request id>") : value;
}
