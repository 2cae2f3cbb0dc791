import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { reportText } from "../workloads/report-text.ts";
import { benchTools, describeOrder, progressReports } from "../workloads/tools.ts";
import type { Workload } from "../workloads/workload.ts";
import { listenOnLoopback } from "./listen-on-loopback.ts";
import { serveContestant } from "./serve-contestant.ts";

/**
 * The unit of all ratios, `B`: reads a request, parses it, writes the bytes that an MCP server answers, and checks
 * nothing. No MCP server can be cheaper on this transport.
 */
serveContestant({
  http: (workload) => listenOnLoopback(createListener(workload)),
  stdio(workload) {
    const answer = createAnswer(workload);
    let rest = "";
    process.stdin.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      // One write for what came together: a system call costs more than an answer.
      let answers = "";
      for (const line of lines) {
        const message = JSON.parse(line) as Message;
        if (message.id !== undefined) answers += `${answer(message).join("")}\n`;
      }
      process.stdout.write(answers);
    });
  },
});

interface Message {
  readonly id?: number;
  readonly method: string;
  // `any`: this server trusts its client, which is part of what makes it the floor.
  readonly params: any;
}

/** The parts of a message, one after another. */
type Answer = readonly (string | Buffer)[];

const serverMeta = { "io.modelcontextprotocol/serverInfo": { name: "bench", version: "1.0.0" } };

function createListener(workload: Workload): (request: IncomingMessage, response: ServerResponse) => void {
  const answer = createAnswer(workload);
  const respond = workload.called === "run_task" ? sendEvents : sendJson;
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const message = JSON.parse(body.toString("utf8")) as Message;
      respond(response, message, answer(message));
    });
  };
}

function sendJson(response: ServerResponse, _message: Message, answer: Answer): void {
  const length = answer.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  response.writeHead(200, { "content-type": "application/json", "content-length": length });
  for (const part of answer.slice(0, -1)) response.write(part);
  response.end(answer.at(-1));
}

function sendEvents(response: ServerResponse, { params }: Message, answer: Answer): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" });
  const { progressToken } = params._meta;
  for (let progress = 1; progress <= progressReports; progress += 1) {
    const notification = {
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken, progress, total: progressReports },
    };
    response.write(`event: message\ndata: ${JSON.stringify(notification)}\n\n`);
  }
  response.end(`event: message\ndata: ${answer.join("")}\n\n`);
}

function createAnswer(workload: Workload): (message: Message) => Answer {
  const modern = workload.era === "modern";
  if (workload.operation === "list") {
    const page = JSON.stringify({
      tools: benchTools(z, workload).map(({ name, description, input }) => ({
        name,
        description,
        inputSchema: z.toJSONSchema(input, { io: "input" }),
      })),
      ...(modern && { resultType: "complete", ttlMs: 0, cacheScope: "private", _meta: serverMeta }),
    });
    // A list never changes here, so its bytes are written as they are, without a copy: that is the floor for lists.
    const head = Buffer.from(`{"result":${page},"jsonrpc":"2.0","id":`);
    return ({ id }) => [head, `${id}}`];
  }
  const report = reportText(workload.reportBytes);
  const textOf = (input: any): string => {
    if (workload.called === "make_report") return report;
    return workload.called === "create_order" ? describeOrder(input) : input.message;
  };
  const suffix = modern ? { resultType: "complete", _meta: serverMeta } : {};
  return ({ id, method, params }) => {
    if (method === "initialize") {
      return [JSON.stringify({ jsonrpc: "2.0", id, result: { protocolVersion: params.protocolVersion } })];
    }
    const result = { content: [{ type: "text", text: textOf(params.arguments) }], ...suffix };
    return [JSON.stringify({ result, jsonrpc: "2.0", id })];
  };
}
