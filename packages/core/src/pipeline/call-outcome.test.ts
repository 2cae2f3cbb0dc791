import { expect, test } from "vitest";
import { fail, KitError } from "../errors/kit-error.ts";
import { codeOf, codeOfResult, errorOutcome, resultOutcome } from "./call-outcome.ts";
import type { Call } from "./call.ts";

const callWith = (signal: AbortSignal): Call => ({ signal }) as Call;
const going = callWith(new AbortController().signal);
const left = callWith(AbortSignal.abort("gone"));
const late = callWith(AbortSignal.abort(new KitError("TIMEOUT", "late")));

test.for<[string, unknown, Call, string, string]>([
  ["an error made for the client", fail("no"), going, "FAILED", "refused"],
  ["a limit", new KitError("RATE_LIMITED", "slow"), going, "RATE_LIMITED", "refused"],
  ["a bug", new TypeError("x of undefined"), going, "INTERNAL", "failed"],
  ["an error that was made private", new KitError("FAILED", "no", { expose: false }), going, "FAILED", "failed"],
  ["a code of a newer copy", Object.assign(fail("no"), { code: "NEWER" }), going, "INTERNAL", "failed"],
  ["nothing at all", undefined, going, "INTERNAL", "failed"],
  ["whatever is thrown when the client has left", new Error("aborted"), left, "CANCELLED", "cancelled"],
  ["whatever is thrown when the time is over", new Error("aborted"), late, "TIMEOUT", "refused"],
  ["an error of its own in a call that was left", fail("no"), left, "FAILED", "refused"],
])("A call that throws %s ends as it is told", ([, thrown, call, code, outcome]) => {
  const found = codeOf(thrown, call);

  expect(found).toBe(code);
  expect(errorOutcome(thrown, found)).toBe(outcome);
});

test.for<[string, Record<string, unknown> | undefined, string]>([
  ["content", { content: [] }, "ok"],
  ["an error for the model", { content: [], isError: true }, "tool-error"],
  ["a question", { resultType: "input_required" }, "input-required"],
  ["nothing", undefined, "ok"],
])("A call that gives %s ends as it is told", ([, result, outcome]) => {
  expect(resultOutcome(result)).toBe(outcome);
});

test("The code of an error for the model is one of the table", () => {
  const withCode = (code: unknown) => codeOfResult({ isError: true, _meta: { "dev.plinth/error": { code } } });

  expect([withCode("TIMEOUT"), withCode("made up"), withCode(7), codeOfResult({ isError: true })]).toEqual([
    "TIMEOUT",
    "FAILED",
    "FAILED",
    "FAILED",
  ]);
});
