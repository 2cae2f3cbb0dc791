import { expect, it } from "vitest";
import { checkAnswer, createQuickCheck, type Answer } from "./check-answer.ts";
import { createRequests, messageOf } from "./request.ts";
import { defineWorkload } from "./workload.ts";

const id = 1_000_007;

it("takes the right answer, as JSON or as an event stream", () => {
  const workload = defineWorkload();

  expect(() => checkAnswer(asJson(resultOf(messageOf(id))), { id, workload })).not.toThrow();
  expect(() => checkAnswer(asEvents(resultOf(messageOf(id))), { id, workload })).not.toThrow();
});

it.each([
  ["another status", { ...asJson(resultOf(messageOf(id))), status: 500 }, "expected status 200"],
  ["the answer to another request", asJson({ ...resultOf(messageOf(id)), id: id + 1 }), "expected a response with id"],
  ["an error", asJson({ jsonrpc: "2.0", id, error: { code: -32603, message: "no" } }), "expected a result"],
  ["a tool error", asJson({ ...resultOf("no"), result: { isError: true, content: [] } }), "expected a result"],
  ["the content of another request", asJson(resultOf(messageOf(id + 1))), "expected other content"],
])("refuses %s", (_, answer, why) => {
  expect(() => checkAnswer(answer, { id, workload: defineWorkload() })).toThrow(why);
});

it("counts the notifications before a result", () => {
  const workload = defineWorkload({ called: "run_task", tools: 1 });
  const progress = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: id, progress: 1 } };

  expect(() => checkAnswer(asEvents(progress, progress, resultOf(messageOf(id))), { id, workload })).toThrow(
    "expected 3 progress notifications, got 2",
  );
});

it("compares the whole list of tools", () => {
  const workload = defineWorkload({ operation: "list", tools: 2 });
  const tools = [{ name: "echo_1", inputSchema: { type: "object" } }];

  expect(() => checkAnswer(asJson({ jsonrpc: "2.0", id, result: { tools } }), { id, workload })).toThrow(
    "expected 2 tools with a schema",
  );
});

it("notices under load an answer that belongs to another request", () => {
  const isGood = createQuickCheck(defineWorkload(), asJson(resultOf(messageOf(id))));

  expect(isGood(200, JSON.stringify(resultOf(messageOf(id))), id)).toBe(true);
  expect(isGood(200, JSON.stringify(resultOf(messageOf(id))), id + 1)).toBe(false);
  expect(isGood(200, JSON.stringify({ ...resultOf(messageOf(id)), id: id + 1 }), id + 1)).toBe(false);
});

it("puts the id into the request wherever it belongs", () => {
  const { body } = createRequests(defineWorkload({ called: "run_task", tools: 1 }));

  const { id: sent, params } = JSON.parse(body(id)) as { id: number; params: Record<string, never> };

  expect(sent).toBe(id);
  expect(params).toMatchObject({ arguments: { message: messageOf(id) }, _meta: { progressToken: id } });
});

function resultOf(text: string): Record<string, unknown> {
  return { jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } };
}

function asJson(message: object): Answer {
  return { status: 200, contentType: "application/json", body: JSON.stringify(message) };
}

function asEvents(...messages: object[]): Answer {
  const body = messages.map((message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`).join("");
  return { status: 200, contentType: "text/event-stream", body };
}
