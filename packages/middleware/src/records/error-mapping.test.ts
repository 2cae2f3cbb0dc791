import { connect } from "node:net";
import { defineTool, KitError } from "@plinth/core";
import { describe, expect, it } from "vitest";
import { httpServer } from "../fixtures/http-server.ts";
import { errorMapping, type ErrorMappingOptions } from "./error-mapping.ts";
import { systemErrors } from "./error-rules.ts";

/** What a client reads of a tool that throws this. */
async function answerTo(thrown: unknown, options?: ErrorMappingOptions) {
  const handler = () => Promise.reject(thrown);
  await using server = await httpServer([errorMapping(options)], [defineTool({ name: "broken", handler })]);
  const { result, error } = await server.callTool("broken");
  const failed = (result?.["_meta"] as Record<string, { code: string }> | undefined)?.["dev.plinth/error"];
  const [block] = (result?.["content"] ?? []) as { text: string }[];
  return { code: failed?.code ?? error?.code, text: block?.text ?? error?.message, lines: server.lines, failed, error };
}

const withCode = (code: string, message = "connect to postgres://u:hunter2@db.internal failed") =>
  Object.assign(new Error(message), { code });

describe("errorMapping", () => {
  it.each([
    ["ECONNREFUSED", "UNAVAILABLE"],
    ["ENOTFOUND", "UNAVAILABLE"],
    ["ETIMEDOUT", "TIMEOUT"],
    ["UND_ERR_HEADERS_TIMEOUT", "TIMEOUT"],
    ["ENOSPC", "UNAVAILABLE"],
    ["57P01", "UNAVAILABLE"],
    ["57014", "TIMEOUT"],
    ["40001", "UNAVAILABLE"],
  ])("knows what %s means, and says nothing of where", async (code, expected) => {
    const answer = await answerTo(withCode(code));

    expect(answer.code).toBe(expected);
    expect(answer.text).toContain("try again");
    expect(JSON.stringify(answer)).not.toMatch(/hunter2/);
    expect(answer.text).not.toContain("db.internal");
  });

  it.each([
    ["Connection terminated unexpectedly", "UNAVAILABLE"],
    ["timeout exceeded when trying to connect", "UNAVAILABLE"],
    ["Query read timeout", "TIMEOUT"],
    ["A dog ate the connection", "INTERNAL"],
  ])("knows what the driver of PostgreSQL means by %j, which has no code", async (message, expected) => {
    const answer = await answerTo(new Error(message));

    expect(answer.code).toBe(expected);
  });

  it("logs what it maps, without secrets, because nobody else does", async () => {
    const { lines } = await answerTo(withCode("ECONNREFUSED"));

    expect(lines).toMatchObject([
      {
        level: "warn",
        message: "Error mapped",
        code: "UNAVAILABLE",
        error: { code: "ECONNREFUSED", message: "connect to postgres://[redacted]@db.internal failed" },
      },
    ]);
  });

  it("tells clients of a conflict in the database", async () => {
    const answer = await answerTo(withCode("23505"));

    expect(answer.error).toMatchObject({ code: -31409, message: expect.stringContaining("there already") as string });
  });

  it("finds the reason behind fetch and behind a dial of several addresses, and survives a circle", async () => {
    const fetchError = new TypeError("fetch failed", { cause: withCode("ECONNREFUSED") });
    const dial = new AggregateError([withCode("ECONNREFUSED"), withCode("ENETUNREACH")]);
    const circle = new Error("circle");
    circle.cause = circle;

    const answers = [await answerTo(fetchError), await answerTo(dial), await answerTo(circle)];

    expect(answers.map(({ code }) => code)).toEqual(["UNAVAILABLE", "UNAVAILABLE", "INTERNAL"]);
  });

  it("knows the error of a real socket, and of a deadline of the handler's own", async () => {
    const real = await new Promise((resolve) => connect({ port: 1, host: "127.0.0.1" }).once("error", resolve));
    const late = new DOMException("The operation was aborted due to timeout", "TimeoutError");

    const answers = [await answerTo(real), await answerTo(late)];

    expect(answers.map(({ code }) => code)).toEqual(["UNAVAILABLE", "TIMEOUT"]);
  });

  it.each<[string, unknown]>([
    ["an unknown error", new Error("hunter2")],
    ["an unknown code", withCode("EVIL")],
    ["a code like an inherited name", withCode("constructor")],
    ["text", "ECONNREFUSED"],
    ["nothing", undefined],
    ["an abort of the handler's own", new DOMException("hunter2", "AbortError")],
    [
      "an error that cannot be read",
      Object.defineProperty(new Error("x"), "code", {
        get: () => {
          throw new Error("no");
        },
      }),
    ],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
    ],
  ])("leaves %s masked", async (_what, thrown) => {
    const answer = await answerTo(thrown);

    expect(answer.code).toBe("INTERNAL");
    expect(answer.text).not.toContain("hunter2");
  });

  it("lets the team's own rules decide first, and takes secrets out of what they say", async () => {
    class QuotaError extends Error {}
    const rules = [
      {
        match: (error: unknown) => error instanceof QuotaError,
        to: (error: unknown) =>
          new KitError("FAILED", `Quota: ${(error as Error).message}`, { data: { token: "hunter2", plan: "free" } }),
      },
      systemErrors,
    ];

    const [own, ready] = [
      await answerTo(new QuotaError("see https://u:hunter2@billing/"), { rules }),
      await answerTo(withCode("EPIPE"), { rules }),
    ];

    expect(own).toMatchObject({
      code: "FAILED",
      text: "Quota: see https://[redacted]@billing/",
      failed: { plan: "free", token: "[redacted]" },
    });
    expect(ready.code).toBe("UNAVAILABLE");
  });

  it.each([
    [
      "match throws",
      {
        match: () => {
          throw new Error("rule");
        },
        to: () => new KitError("FAILED", "x"),
      },
    ],
    [
      "to throws",
      {
        match: () => true,
        to: () => {
          throw new Error("rule");
        },
      },
    ],
    ["to gives no KitError", { match: () => true, to: () => new Error("hunter2") as KitError }],
  ])("masks the error when %s, and says so in the log", async (_what, rule) => {
    const answer = await answerTo(new Error("hunter2"), { rules: [rule] });

    expect(answer.code).toBe("INTERNAL");
    expect(answer.text).not.toContain("hunter2");
    expect(answer.lines.map(({ message }) => message)).toEqual([
      "An error rule failed; the error stays masked",
      "Call failed",
    ]);
  });

  it("leaves errors alone that were made for clients", async () => {
    const rules = [{ match: () => true, to: () => new KitError("FAILED", "mapped") }];

    const answer = await answerTo(new KitError("FORBIDDEN", "Not you"), { rules });

    expect(answer.error).toMatchObject({ message: "Not you" });
  });

  it("refuses what is no rule", () => {
    expect(() => errorMapping({ rules: [{} as never] })).toThrow("rules[0] is no rule");
  });
});
