import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { z } from "zod";
import { KitError } from "../errors/kit-error.ts";
import { incoming as anyIncoming } from "../protocol/fixtures/incoming.ts";
import type { ClientRequest, Incoming } from "../protocol/incoming.ts";
import { CallInput, type InputRequired } from "./call-input.ts";
import type { ClientInput, Elicited } from "./client-input.ts";
import { createStateSealer } from "./request-state.ts";

const sealer = createStateSealer();
const everything: ClientCapabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const nameForm = z.object({ name: z.string() });
const question = { message: "What is your name?", schema: nameForm };
const paris = { role: "assistant", content: { type: "text", text: "Paris" }, model: "m", stopReason: "endTurn" };
const capital = {
  messages: [{ role: "user" as const, content: { type: "text" as const, text: "The capital of France?" } }],
  maxTokens: 100,
};

function incoming(changes: Partial<Incoming> = {}): Incoming {
  return anyIncoming({
    params: { name: "greet", arguments: { polite: true } },
    client: { info: undefined, capabilities: everything },
    principal: { id: "alice", scopes: [] },
    ...changes,
  });
}

function legacy(requestClient: ClientRequest, changes: Partial<Incoming> = {}): Incoming {
  return incoming({ era: "legacy", protocolVersion: "2025-11-25", requestClient, ...changes });
}

type Round<T> = { readonly result: T } | { readonly required: InputRequired };

/** Does what the dispatcher does around one run of a handler. */
async function run<T>(call: Incoming | CallInput, handler: (input: ClientInput) => Promise<T>): Promise<Round<T>> {
  const input = call instanceof CallInput ? call : new CallInput(call, { sealer, timeoutMs: 1000 });
  input.begin();
  try {
    const result = await handler(input);
    const required = await input.pending();
    return required === undefined ? { result } : { required };
  } catch (thrown) {
    const required = await input.pending();
    if (required === undefined) throw thrown;
    return { required };
  }
}

async function required(call: Incoming, handler: (input: ClientInput) => Promise<unknown>): Promise<InputRequired> {
  const round = await run(call, handler);
  if ("result" in round) throw new Error(`the call ended: ${JSON.stringify(round.result)}`);
  return JSON.parse(JSON.stringify(round.required)) as InputRequired;
}

/** The client's next request, with its answers. */
function retry({ requestState }: InputRequired, inputResponses: Record<string, unknown>): Incoming {
  return incoming({ messageId: 2, requestState, inputResponses });
}

function accept(content: Record<string, unknown>): unknown {
  return { action: "accept", content };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a question in the modern era", () => {
  const greet = async (input: ClientInput): Promise<string> => {
    const answer = await input.elicit({ ...question, key: "user_name" });
    return answer.action === "accept" ? `Hello, ${answer.content.name}!` : `(${answer.action})`;
  };

  it("ends the first round with the question, as it goes on the wire", async () => {
    const round = await required(incoming(), greet);

    expect(round).toEqual({
      resultType: "input_required",
      inputRequests: {
        user_name: {
          method: "elicitation/create",
          params: {
            message: "What is your name?",
            requestedSchema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
          },
        },
      },
      requestState: expect.stringMatching(/^[\w-]+$/) as string,
    });
  });

  it.each([
    [accept({ name: "Ada" }), "Hello, Ada!"],
    [{ action: "decline" }, "(decline)"],
    [{ action: "cancel", content: null }, "(cancel)"],
  ])("returns in the next round with the answer %j", async (answer, result) => {
    const first = await required(incoming(), greet);

    const second = await run(retry(first, { user_name: answer, unknown_extra_key: accept({ foo: "bar" }) }), greet);

    expect(second).toEqual({ result });
  });

  it.each<[string, Record<string, unknown>]>([
    ["nothing", {}],
    ["the answer to another key", { wrong_key: accept({ name: "Ada" }) }],
    ["a number", { user_name: 12_345 }],
    ["null", { user_name: null }],
    ["a list", { user_name: [accept({ name: "Ada" })] }],
    ["a wrapped result", { user_name: { method: "elicitation/create", result: accept({ name: "Ada" }) } }],
    ["an action of its own", { user_name: { action: "maybe", content: { name: "Ada" } } }],
    ["content that does not fit", { user_name: accept({ name: 7 }) }],
    ["accept without content", { user_name: { action: "accept" } }],
    ["content that is no object", { user_name: { action: "accept", content: "Ada" } }],
  ])("is asked again when the client sends %s", async (_name, responses) => {
    const first = await required(incoming(), greet);

    const second = await required(retry(first, responses), greet);

    expect(second.inputRequests).toEqual(first.inputRequests);
    expect(await run(retry(second, { user_name: accept({ name: "Ada" }) }), greet)).toEqual({ result: "Hello, Ada!" });
  });

  it.each([null, 5, "text", [], true])("is asked again when inputResponses is %j", async (responses) => {
    const call = incoming({ inputResponses: responses as unknown as Record<string, unknown> });

    expect(Object.keys((await required(call, greet)).inputRequests)).toEqual(["user_name"]);
  });

  it("takes answers that come without a state, as a client may that knows the questions", async () => {
    const call = incoming({ inputResponses: { user_name: accept({ name: "Ada" }), extra: 1 } });

    expect(await run(call, greet)).toEqual({ result: "Hello, Ada!" });
  });

  it("stands even when the handler swallows the signal, fails otherwise, or never waits", async () => {
    const swallowing = async (input: ClientInput): Promise<string> => {
      await input.elicit(question).catch(() => "ignored");
      return "went on";
    };
    const failing = async (input: ClientInput): Promise<string> => {
      await input.elicit(question).catch(() => "ignored");
      throw new Error("unrelated");
    };
    const hurried = async (input: ClientInput): Promise<string> => {
      void input.elicit(question);
      return "did not wait";
    };

    for (const handler of [swallowing, failing, hurried]) {
      expect(Object.keys((await required(incoming(), handler)).inputRequests)).toEqual(["elicit-1"]);
    }
  });

  it("travels with all that were asked together, in one round, under keys by kind and order", async () => {
    const handler = (input: ClientInput): Promise<unknown> =>
      Promise.all([
        input.elicit(question),
        input.sample(capital),
        input.roots(),
        input.elicit({ ...question, message: "And yours?" }),
      ]);

    const first = await required(incoming(), handler);
    expect(Object.entries(first.inputRequests).map(([key, { method }]) => [key, method])).toEqual([
      ["elicit-1", "elicitation/create"],
      ["sample-1", "sampling/createMessage"],
      ["roots-1", "roots/list"],
      ["elicit-2", "elicitation/create"],
    ]);
    expect(first.inputRequests).toMatchObject({ "sample-1": { params: capital }, "roots-1": { params: {} } });

    const roots = [{ uri: "file:///home", name: "home" }];
    const second = await run(
      retry(first, {
        "elicit-1": accept({ name: "A" }),
        "elicit-2": accept({ name: "B" }),
        "sample-1": paris,
        "roots-1": { roots },
      }),
      handler,
    );
    expect(second).toEqual({
      result: [
        { action: "accept", content: { name: "A" } },
        paris,
        roots,
        { action: "accept", content: { name: "B" } },
      ],
    });
  });

  it("asks only for what is missing when the client answers in part, and remembers the rest", async () => {
    const handler = (input: ClientInput): Promise<unknown> => Promise.all([input.sample(capital), input.roots()]);

    const first = await required(incoming(), handler);
    const second = await required(retry(first, { "sample-1": paris }), handler);
    const third = await run(retry(second, { "roots-1": { roots: [] } }), handler);

    expect(Object.keys(second.inputRequests)).toEqual(["roots-1"]);
    expect(third).toEqual({ result: [paris, []] });
  });

  it("carries earlier answers through later rounds in a state that changes", async () => {
    const handler = async (input: ClientInput): Promise<string> => {
      const name = await input.elicit({ ...question, key: "step1" });
      const colour = await input.elicit({ message: "Colour?", schema: z.object({ colour: z.string() }), key: "step2" });
      return name.action === "accept" && colour.action === "accept"
        ? `${name.content.name}: ${colour.content.colour}`
        : "no";
    };

    const first = await required(incoming(), handler);
    const second = await required(retry(first, { step1: accept({ name: "Ada" }) }), handler);
    const third = await run(retry(second, { step2: accept({ colour: "blue" }) }), handler);

    expect(Object.keys(second.inputRequests)).toEqual(["step2"]);
    expect(second.requestState).not.toBe(first.requestState);
    expect(third).toEqual({ result: "Ada: blue" });
  });

  it("goes by the answer that the handler has already seen, whatever the client sends later", async () => {
    const handler = async (input: ClientInput): Promise<unknown> => {
      const first = await input.elicit({ ...question, key: "a" });
      await input.roots();
      return first;
    };

    const first = await required(incoming(), handler);
    const second = await required(retry(first, { a: accept({ name: "Ada" }) }), handler);
    const third = await run(retry(second, { a: accept({ name: "Eve" }), "roots-1": { roots: [] } }), handler);

    expect(third).toEqual({ result: { action: "accept", content: { name: "Ada" } } });
  });

  it("does not take the answer to one question for another that now has its key", async () => {
    let message = "Delete the films?";
    const handler = (input: ClientInput): Promise<unknown> =>
      input.elicit({ message, schema: z.object({ sure: z.boolean() }) });

    const first = await required(incoming(), handler);
    message = "Delete everything?";
    const second = await required(retry(first, { "elicit-1": accept({ sure: true }) }), handler);

    expect(second.inputRequests).toMatchObject({ "elicit-1": { params: { message: "Delete everything?" } } });
  });

  it("does not take a remembered answer for another question either", async () => {
    let message = "Delete the films?";
    const handler = async (input: ClientInput): Promise<unknown> => {
      const sure = await input.elicit({ message, schema: z.object({ sure: z.boolean() }) });
      await input.roots();
      return sure;
    };

    const first = await required(incoming(), handler);
    const second = await required(retry(first, { "elicit-1": accept({ sure: true }) }), handler);
    message = "Delete everything?";
    const third = await required(retry(second, { "roots-1": { roots: [] } }), handler);

    expect(Object.keys(third.inputRequests)).toEqual(["elicit-1"]);
  });

  it("gives the handler a copy, so that what it changes is not remembered", async () => {
    const handler = async (input: ClientInput): Promise<unknown> => {
      const roots = (await input.roots()) as { uri: string }[];
      const made = await input.once("made", () => ({ list: [1] }));
      const seen = structuredClone({ roots, made });
      roots.push({ uri: "file:///added" });
      made.list.push(2);
      await input.elicit(question);
      return seen;
    };

    const first = await required(incoming(), handler);
    const second = await required(retry(first, { "roots-1": { roots: [{ uri: "file:///home" }] } }), handler);
    const third = await run(retry(second, { "elicit-1": { action: "decline" } }), handler);

    expect(third).toEqual({ result: { roots: [{ uri: "file:///home" }], made: { list: [1] } } });
  });

  it("is one question when it is asked twice under one key, and refused when two differ", async () => {
    const twice = (input: ClientInput): Promise<unknown> =>
      Promise.all([input.elicit({ ...question, key: "k" }), input.elicit({ ...question, key: "k" })]);
    const differing = async (input: ClientInput): Promise<unknown> => {
      await input.elicit({ ...question, key: "k" });
      return input.elicit({ ...question, key: "k", message: "Another?" });
    };

    expect(Object.keys((await required(incoming(), twice)).inputRequests)).toEqual(["k"]);
    await expect(run(incoming({ inputResponses: { k: accept({ name: "Ada" }) } }), differing)).rejects.toMatchObject({
      code: "MISUSE",
      message: 'Two questions of one call have the key "k"; give each its own',
    });
  });

  it("may have any text for a key", async () => {
    const handler = async (input: ClientInput): Promise<unknown> => [
      await input.elicit({ ...question, key: "__proto__" }),
      await input.roots({ key: "constructor" }),
    ];

    const first = await required(incoming(), handler);
    expect(Object.keys(first.inputRequests)).toEqual(["__proto__"]);
    const responses = JSON.parse('{"__proto__":{"action":"accept","content":{"name":"Ada"}}}') as Record<
      string,
      unknown
    >;
    const second = await required(retry(first, responses), handler);
    expect(Object.keys(second.inputRequests)).toEqual(["constructor"]);
    const third = await run(retry(second, { constructor: { roots: [] } }), handler);

    expect(third).toEqual({ result: [{ action: "accept", content: { name: "Ada" } }, []] });
  });

  it("can ask the user to visit a page, which has no content to return", async () => {
    const handler = (input: ClientInput): Promise<Elicited<undefined>> =>
      input.elicit({ message: "Sign in", url: "https://example.com/sign-in" });

    const first = await required(incoming(), handler);
    const second = await run(retry(first, { "elicit-1": { action: "accept", content: { injected: 1 } } }), handler);

    expect(Object.values(first.inputRequests).map(({ params }) => params)).toEqual([
      {
        mode: "url",
        message: "Sign in",
        url: "https://example.com/sign-in",
      },
    ]);
    expect(second).toEqual({ result: { action: "accept", content: undefined } });
    await expect(run(incoming(), (input) => input.elicit({ message: "Go", url: "nowhere" }))).rejects.toMatchObject({
      code: "MISUSE",
    });
  });

  it.each<[string, unknown]>([
    ["no model", { role: "assistant", content: { type: "text", text: "Paris" } }],
    ["no content", { role: "assistant", model: "m" }],
    ["a role of its own", { ...paris, role: "system" }],
    ["a block without its text", { ...paris, content: { type: "text" } }],
    ["several blocks", { ...paris, content: [paris.content, paris.content] }],
  ])("asks the model again when its message has %s", async (_name, answer) => {
    const handler = (input: ClientInput): Promise<unknown> => input.sample(capital);

    const second = await required(retry(await required(incoming(), handler), { "sample-1": answer }), handler);

    expect(Object.keys(second.inputRequests)).toEqual(["sample-1"]);
  });

  it("takes a message whose one block comes in a list", async () => {
    const handler = (input: ClientInput): Promise<unknown> => input.sample(capital);
    const first = await required(incoming(), handler);

    const second = await run(retry(first, { "sample-1": { ...paris, content: [paris.content] } }), handler);

    expect(second).toEqual({ result: paris });
  });

  it.each([
    { roots: "file:///" },
    { roots: [{ uri: "https://example.com" }] },
    { roots: [{ uri: "file:///", name: 1 }] },
    [],
  ])("asks for the roots again when it gets %j", async (answer) => {
    const handler = (input: ClientInput): Promise<unknown> => input.roots();

    const second = await required(retry(await required(incoming(), handler), { "roots-1": answer }), handler);

    expect(Object.keys(second.inputRequests)).toEqual(["roots-1"]);
  });

  it("waits for a check that is asynchronous before it ends the round", async () => {
    const schema = z.object({ name: z.string().refine(async (name) => name === "Ada", "not known") });
    const handler = (input: ClientInput): Promise<unknown> =>
      Promise.all([input.roots(), input.elicit({ message: "Name?", schema })]);

    const first = await required(incoming(), handler);
    const second = await required(retry(first, { "elicit-1": accept({ name: "Eve" }) }), handler);
    const third = await required(retry(second, { "elicit-1": accept({ name: "Ada" }) }), handler);

    expect(Object.keys(second.inputRequests).toSorted()).toEqual(["elicit-1", "roots-1"]);
    expect(Object.keys(third.inputRequests)).toEqual(["roots-1"]);
  });

  it("may be asked by prompts and resources, and by nothing else", async () => {
    const resource = incoming({ method: "resources/read", params: { uri: "data://users/1" } });

    expect((await required(incoming({ method: "prompts/get" }), greet)).resultType).toBe("input_required");
    expect((await required(resource, greet)).resultType).toBe("input_required");
    await expect(run(incoming({ method: "completion/complete" }), greet)).rejects.toMatchObject({
      code: "MISUSE",
      message: expect.stringContaining("completion/complete cannot ask the client") as string,
    });
  });

  it("has the types of its schema", () => {
    const typed = (input: ClientInput): void => {
      expectTypeOf(input.elicit(question)).resolves.toEqualTypeOf<Elicited<{ name: string }>>();
      expectTypeOf(input.elicit({ message: "", url: "" })).resolves.toEqualTypeOf<Elicited<undefined>>();
      expectTypeOf(input.elicit({ message: "", schema: { type: "object" } })).resolves.toEqualTypeOf<
        Elicited<Record<string, unknown>>
      >();
    };

    expect(typed).toBeTypeOf("function");
  });
});

describe("the state of a retried call", () => {
  const handler = async (input: ClientInput): Promise<unknown> => input.elicit(question);

  it.each<[string, Partial<Incoming>]>([
    ["tampered", { requestState: "-TAMPERED" }],
    ["of another caller", { principal: { id: "bob", scopes: [] } }],
    ["of nobody", { principal: undefined }],
    ["of another tenant", { principal: { id: "alice", scopes: [], tenant: "other" } }],
    ["of another tool", { params: { name: "other", arguments: { polite: true } } }],
    ["of other arguments", { params: { name: "greet", arguments: { polite: false } } }],
    ["of another method", { method: "prompts/get" }],
  ])("is refused before the handler runs when it is %s", async (_name, changes) => {
    const first = await required(incoming(), handler);
    const call = retry(first, { "elicit-1": accept({ name: "Ada" }) });
    const state = changes.requestState === undefined ? first.requestState : first.requestState + changes.requestState;
    const started = vi.fn(handler);

    await expect(run({ ...call, ...changes, requestState: state }, started)).rejects.toMatchObject({
      code: "INVALID_REQUEST_STATE",
      message: "Invalid or expired requestState",
    });
    expect(started).not.toHaveBeenCalled();
  });

  it("opens for arguments in another order, and for a call that leaves out empty ones", async () => {
    const two = incoming({ params: { name: "greet", arguments: { a: 1, b: 2 } } });
    const none = incoming({ params: { name: "greet" } });
    const answers = { "elicit-1": { action: "decline" } };

    const reordered = {
      ...retry(await required(two, handler), answers),
      params: { arguments: { b: 2, a: 1 }, name: "greet" },
    };
    const emptied = { ...retry(await required(none, handler), answers), params: { name: "greet", arguments: {} } };

    expect(await run(reordered, handler)).toEqual({ result: { action: "decline" } });
    expect(await run(emptied, handler)).toEqual({ result: { action: "decline" } });
  });

  it("is ignored by operations that never ask", async () => {
    const call = incoming({ method: "tools/list", params: {}, requestState: "whatever" });

    expect(await run(call, async (input) => input.once("x", () => 1))).toEqual({ result: 1 });
  });

  it("is refused with a sentence when it would grow too large", async () => {
    const greedy = async (input: ClientInput): Promise<unknown> => {
      await input.once("all", () => "x".repeat(70_000));
      return input.elicit(question);
    };

    await expect(run(incoming(), greedy)).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});

describe("a client without the capability", () => {
  const asks: readonly [string, ClientCapabilities | undefined, (input: ClientInput) => Promise<unknown>, object][] = [
    ["nothing declared", undefined, (input) => input.sample(capital), { sampling: {} }],
    ["no sampling", { elicitation: {} }, (input) => input.sample(capital), { sampling: {} }],
    [
      "no tools in sampling",
      { sampling: {} },
      (input) => input.sample({ ...capital, tools: [] } as typeof capital),
      { sampling: { tools: {} } },
    ],
    ["no roots", { sampling: {} }, (input) => input.roots(), { roots: {} }],
    ["no elicitation", { sampling: {} }, (input) => input.elicit(question), { elicitation: { form: {} } }],
    ["pages only", { elicitation: { url: {} } }, (input) => input.elicit(question), { elicitation: { form: {} } }],
    [
      "forms only",
      { elicitation: {} },
      (input) => input.elicit({ message: "", url: "https://example.com" }),
      { elicitation: { url: {} } },
    ],
  ];

  it.each(asks)(
    "is told what is missing in the modern era: %s",
    async (_name, capabilities, ask, requiredCapabilities) => {
      const call = incoming({ client: { info: undefined, capabilities } });

      await expect(run(call, ask)).rejects.toMatchObject({
        code: "CLIENT_CAPABILITY_MISSING",
        data: { requiredCapabilities },
      });
    },
  );

  it.each(asks)("gets a failed tool in the legacy era: %s", async (_name, capabilities, ask, requiredCapabilities) => {
    const requestClient = vi.fn<ClientRequest>();
    const call = legacy(requestClient, { client: { info: undefined, capabilities } });

    await expect(run(call, ask)).rejects.toMatchObject({
      code: "FAILED",
      expose: true,
      data: { requiredCapabilities },
    });
    expect(requestClient).not.toHaveBeenCalled();
  });

  it("is told how to connect when a legacy connection cannot carry questions", async () => {
    const call = incoming({ era: "legacy", client: { info: undefined, capabilities: undefined } });

    await expect(run(call, (input) => input.elicit(question))).rejects.toMatchObject({
      code: "FAILED",
      message: expect.stringContaining("connect with a session, or with a client of MCP 2026-07-28") as string,
    });
  });

  it("is not asked at all when it declared nothing but forms as an empty object", async () => {
    const call = incoming({ client: { info: undefined, capabilities: { elicitation: {} } } });

    expect((await required(call, (input) => input.elicit(question))).resultType).toBe("input_required");
  });
});

describe("a question in the legacy era", () => {
  it("goes out on the open exchange and returns its answer", async () => {
    const requestClient = vi.fn<ClientRequest>(async (method) => {
      if (method === "elicitation/create") return { action: "accept", content: { name: "Ada" } };
      return method === "roots/list" ? { roots: [{ uri: "file:///home" }] } : paris;
    });

    const round = await run(legacy(requestClient), async (input) => [
      await input.elicit(question),
      await input.sample(capital),
      await input.roots(),
    ]);

    expect(round).toEqual({
      result: [{ action: "accept", content: { name: "Ada" } }, paris, [{ uri: "file:///home" }]],
    });
    expect(requestClient.mock.calls.map(([method, params]) => [method, params])).toEqual([
      [
        "elicitation/create",
        {
          message: question.message,
          requestedSchema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
        },
      ],
      ["sampling/createMessage", capital],
      ["roots/list", {}],
    ]);
  });

  it("has an id of its own when it sends the user to a page", async () => {
    const requestClient = vi.fn<ClientRequest>(async () => ({ action: "accept" }));

    await run(legacy(requestClient), (input) => input.elicit({ message: "Sign in", url: "https://example.com/" }));

    expect(requestClient.mock.calls.map(([, params]) => params)).toEqual([
      {
        mode: "url",
        message: "Sign in",
        url: "https://example.com/",
        elicitationId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      },
    ]);
  });

  it("fails, in words for the model, when the answer does not fit", async () => {
    const call = legacy(async () => ({ action: "accept", content: { name: 5 } }));

    await expect(run(call, (input) => input.elicit(question))).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      message: expect.stringMatching(/does not fit: name: /) as string,
    });
  });

  it("fails when the client answers with an error, whose text stays in the cause", async () => {
    const cause = new Error("user rejected at /home/ada");
    const call = legacy(async () => {
      throw cause;
    });

    await expect(run(call, (input) => input.sample(capital))).rejects.toMatchObject({
      code: "FAILED",
      message: "The client could not answer sampling/createMessage",
      cause,
    });
  });

  it("is taken back when the call is cancelled", async () => {
    const controller = new AbortController();
    const asked = Promise.withResolvers<AbortSignal>();
    const call = legacy(
      (_method, _params, signal) => {
        asked.resolve(signal);
        return new Promise(() => {});
      },
      { signal: controller.signal },
    );

    const running = run(call, (input) => input.elicit(question));
    const signal = await asked.promise;
    controller.abort("gone");

    await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
    expect(signal.aborted).toBe(true);
  });

  it("ends with the error of whatever stopped the call, and does not start once it has", async () => {
    const requestClient = vi.fn<ClientRequest>();
    const signal = AbortSignal.abort(new KitError("TIMEOUT", "The call ran past 5 ms"));

    const input = new CallInput(legacy(requestClient), { sealer, timeoutMs: 1000 });

    await expect(input.elicit(question, signal)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(requestClient).not.toHaveBeenCalled();
  });

  it("times out when the client never answers", async () => {
    vi.useFakeTimers();
    const call = legacy(() => new Promise(() => {}));

    const failure = run(call, (input) => input.roots()).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1000);

    expect(await failure).toMatchObject({
      code: "TIMEOUT",
      message: "The client did not answer roots/list within 1000 ms",
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not put to the user again when the handler runs again in the same call", async () => {
    const requestClient = vi.fn<ClientRequest>(async () => ({ action: "accept", content: { name: "Ada" } }));
    const work = vi.fn(() => 7);
    const input = new CallInput(legacy(requestClient), { sealer, timeoutMs: 1000 });
    const handler = async (given: ClientInput): Promise<unknown> => [
      await given.elicit(question),
      await given.once("w", work),
    ];

    const first = await run(input, handler);
    const second = await run(input, handler);

    expect(second).toEqual(first);
    expect(requestClient).toHaveBeenCalledTimes(1);
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe("once", () => {
  it("does its work in the first round only, and gives the same in every round", async () => {
    const work = vi.fn(async () => ({ id: 42 }));
    const handler = async (input: ClientInput): Promise<unknown> => {
      const made = await input.once("make", work);
      await input.elicit(question);
      return made;
    };

    const first = await required(incoming(), handler);
    const second = await run(retry(first, { "elicit-1": { action: "decline" } }), handler);

    expect(second).toEqual({ result: { id: 42 } });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("remembers work that gives nothing, and any text as a key", async () => {
    const work = vi.fn();
    const handler = async (input: ClientInput): Promise<unknown> => {
      const results = [await input.once("__proto__", work), await input.once("elicit-1", () => null)];
      await input.elicit(question);
      return results;
    };

    const first = await required(incoming(), handler);
    const second = await run(retry(first, { "elicit-1": { action: "decline" } }), handler);

    expect(second).toEqual({ result: [undefined, null] });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("waits for work that was under way when a question ended the round", async () => {
    const gate = Promise.withResolvers<string>();
    const work = vi.fn(() => gate.promise);
    const handler = async (input: ClientInput): Promise<unknown> =>
      Promise.all([input.elicit(question), input.once("slow", work)]);

    const round = required(incoming(), handler);
    await expect.poll(() => work).toHaveBeenCalled();
    gate.resolve("done");
    const second = await run(retry(await round, { "elicit-1": { action: "decline" } }), handler);

    expect(second).toEqual({ result: [{ action: "decline" }, "done"] });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("starts no work after the round was sealed, which would do it twice", async () => {
    const late = vi.fn(() => 1);
    const gate = Promise.withResolvers<void>();
    const branch = Promise.withResolvers<unknown>();
    const handler = (input: ClientInput): Promise<unknown> => {
      void gate.promise.then(() => input.once("late", late)).catch(branch.resolve);
      return input.elicit(question);
    };

    await required(incoming(), handler);
    gate.resolve();

    expect(await branch.promise).toBeInstanceOf(Error);
    expect(late).not.toHaveBeenCalled();
  });

  it("stops waiting for work when the call is cancelled", async () => {
    const controller = new AbortController();
    const started = Promise.withResolvers<void>();
    const handler = (input: ClientInput): Promise<unknown> =>
      Promise.all([
        input.elicit(question),
        input.once("endless", () => {
          started.resolve();
          return new Promise(() => {});
        }),
      ]);

    const running = run(incoming({ signal: controller.signal }), handler);
    await started.promise;
    controller.abort();

    await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("is shared by runs of one key that overlap", async () => {
    const work = vi.fn(async () => ({ id: 1 }));

    const round = await run(incoming(), (input) => Promise.all([input.once("k", work), input.once("k", work)]));

    expect(round).toEqual({ result: [{ id: 1 }, { id: 1 }] });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("forgets work that failed", async () => {
    const work = vi.fn<() => number>().mockImplementationOnce(() => {
      throw new Error("busy");
    });
    work.mockReturnValue(7);

    const round = await run(incoming(), async (input) => {
      await expect(input.once("k", work)).rejects.toThrowError("busy");
      return input.once("k", work);
    });

    expect(round).toEqual({ result: 7 });
  });

  it("refuses what JSON cannot carry, in both eras", async () => {
    for (const call of [incoming(), legacy(async () => undefined)]) {
      await expect(run(call, (input) => input.once("when", () => ({ at: new Date() })))).rejects.toMatchObject({
        code: "MISUSE",
        message: expect.stringContaining('The result of once("when") has an object that is not plain at at') as string,
      });
    }
  });

  it("may hold a question", async () => {
    const handler = (input: ClientInput): Promise<unknown> => input.once("named", () => input.elicit(question));

    const first = await required(incoming(), handler);
    const second = await run(retry(first, { "elicit-1": accept({ name: "Ada" }) }), handler);

    expect(second).toEqual({ result: { action: "accept", content: { name: "Ada" } } });
  });
});
