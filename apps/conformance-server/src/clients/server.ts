/** The conformance server with a few tools more, for the tests with independent clients. Run with the path of a {@link Journal}. */
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { defineTool } from "@plinth/core";
import { z } from "zod";
import { createConformanceServer } from "../server.ts";

const [journal = ""] = process.argv.slice(2);
const work = z.object({ id: z.string() });
const released = new Set<string>();

const server = createConformanceServer();
server.add(
  defineTool({
    name: "describe_call",
    description: "Says what the server knows of the call that it serves.",
    handler: (_input, { era, protocolVersion, transport, client, meta }) => ({
      era,
      protocolVersion,
      transport,
      progressToken: "progressToken" in meta,
      elicitation: client.capabilities?.elicitation !== undefined,
    }),
  }),
  defineTool({
    name: "throw_secret",
    description: "Fails with a message that is not for clients.",
    handler: () => {
      throw new Error("postgres://user:pw@host");
    },
  }),
  defineTool({
    name: "report_progress",
    description: "Reports 0, 50 and 100 of 100.",
    handler: async (_input, ctx) => {
      for (const done of [0, 50, 100]) {
        ctx.progress(done, 100);
        // Also after the last one: the official SDK's clients drop a report that stdio delivers in one piece with the answer.
        await delay(50);
      }
      return "Done.";
    },
  }),
  defineTool({
    name: "work_until_stopped",
    description:
      "Works until the call is cancelled, or until release_work; the journal has when it began and why it ended.",
    input: work,
    handler: async ({ id }, { signal }) => {
      record(`${id} began`);
      while (!signal.aborted && !released.has(id)) await delay(10);
      record(`${id} ${signal.aborted ? "was cancelled" : "was released"}`);
      return "Ended.";
    },
  }),
  defineTool({
    name: "release_work",
    description: "Ends work_until_stopped.",
    input: work,
    handler: ({ id }) => {
      released.add(id);
      return "Released.";
    },
  }),
);
await server.run();

function record(event: string): void {
  appendFileSync(journal, `${event}\n`);
}
