import { expect, it } from "vitest";
import { createProgressLine } from "./progress-line.ts";

function streamOf(terminal: boolean): { readonly stream: NodeJS.WriteStream; readonly written: string[] } {
  const written: string[] = [];
  const stream = { isTTY: terminal, columns: 20, write: (text: string) => written.push(text) };
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

it("writes one line for each step, and none for its rounds, where nobody watches", () => {
  const { stream, written } = streamOf(false);
  const { show } = createProgressLine(stream);

  show("call-1, node: starting");
  show("call-1, node: round 1 of 5");
  show("call-1, node: round 2 of 5");
  show("call-1, plinth: starting");

  expect(written).toEqual(["bench: call-1, node\n", "bench: call-1, plinth\n"]);
});

it("rewrites one line on a terminal, no longer than it is wide", () => {
  const { stream, written } = streamOf(true);
  const { show, clear } = createProgressLine(stream);

  show("call-1, plinth-sdk-lane: round 1 of 5");
  clear();

  expect(written[0]).toBe("\rcall-1, plinth-sdk-\u001b[K");
  expect(written[1]).toBe("\r\u001b[K");
});
