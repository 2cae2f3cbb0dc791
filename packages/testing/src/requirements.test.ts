/** What Plinth promises on every transport and in both eras, written once and run over the whole matrix. */
import {
  contextKey,
  createServer,
  definePrompt,
  defineResource,
  defineTool,
  fail,
  image,
  type LogFields,
  type Logger,
  type Middleware,
} from "@plinth/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { installMatchers } from "./matchers.ts";
import { runMatrix, type MatrixCell } from "./matrix.ts";

installMatchers();

const secret = "postgres://user:pw@host";

const bmi = defineTool({
  name: "calculate_bmi",
  description: "Body mass index from weight and height.",
  input: z.object({ weightKg: z.number().positive(), heightM: z.number().positive() }),
  output: z.object({ bmi: z.number() }),
  annotations: { readOnlyHint: true },
  handler: ({ weightKg, heightM }) => ({ bmi: weightKg / heightM ** 2 }),
});

runMatrix("every transport and era", promises, { lanes: ["direct", "sdk"] });

function promises({ transport, era, connect }: MatrixCell): void {
  describe("tools", () => {
    it("answers with structured content and its text twin", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [bmi] });
      await using client = await connect(server);

      const answer = await client.callTool(bmi, { weightKg: 80, heightM: 2 });

      expect(answer).toHaveStructuredContent({ bmi: 20 });
      expect(JSON.parse(answer.text)).toStrictEqual({ bmi: 20 });
      const rounded: number = answer.structured.bmi;
      expect(rounded).toBe(20);
    });

    it("answers bad arguments with a tool error that names the path", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [bmi] });
      await using client = await connect(server);

      const answer = await client.callTool("calculate_bmi", { weightKg: "heavy" });

      expect(answer).toBeToolError("weightKg");
      expect(answer).toBeToolError("heightM");
      expect(answer.text).not.toContain("invalid_type");
    });

    it("lists and calls a tool named constructor", async () => {
      const odd = defineTool({ name: "constructor", handler: () => "built" });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [odd] });
      await using client = await connect(server);

      expect(await client.toolNames()).toStrictEqual(["constructor"]);
      expect((await client.callTool("constructor")).text).toBe("built");
    });

    it("refuses an unknown tool as invalid params", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [bmi] });
      await using client = await connect(server);

      await expect(client.callTool("toString")).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining("toString"),
      });
    });

    it("shows nothing of an error that was not made for the client; the log has it with the request id", async () => {
      const { log, lines } = recordingLogger();
      const leaky = defineTool({
        name: "leaky",
        handler: () => {
          throw new Error(secret);
        },
      });
      const resource = defineResource({
        uri: "test://leaky",
        read: () => {
          throw new Error(secret);
        },
      });
      await using server = createServer({ name: "t", version: "1", log, components: [leaky, resource] });
      await using client = await connect(server);

      const answer = await client.callTool("leaky");
      const refusal: unknown = await client.readResource("test://leaky").catch((error: unknown) => error);

      expect(answer).toBeToolError();
      const everything = JSON.stringify([answer.result, refusal, (refusal as Error).message, client.received]);
      expect(everything).not.toContain("pw@host");
      const requestId = /request id (\S+) /.exec(answer.text)?.[1];
      const logged = lines.find((line) => line.fields["requestId"] === requestId);
      expect(logged?.fields["error"]).toMatchObject({ cause: { message: secret } });
    });

    it("shows the text of fail(), returned or thrown", async () => {
      const thrown = defineTool({
        name: "thrown",
        handler: () => {
          throw fail("No such film");
        },
      });
      const returned = defineTool({ name: "returned", handler: () => fail("No such film") });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [thrown, returned] });
      await using client = await connect(server);

      expect(await client.callTool("thrown")).toBeToolError("No such film");
      expect(await client.callTool("returned")).toBeToolError("No such film");
    });

    it("carries content blocks next to text", async () => {
      const picture = defineTool({
        name: "picture",
        handler: () => ["here:", image(new Uint8Array([1, 2]), "image/png")],
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [picture] });
      await using client = await connect(server);

      const { result } = await client.callTool("picture");

      expect(result.content).toStrictEqual([
        { type: "text", text: "here:" },
        { type: "image", data: "AQI=", mimeType: "image/png" },
      ]);
    });
  });

  describe("a call under way", () => {
    it("delivers progress before the answer, the last report always", async () => {
      const counting = defineTool({
        name: "counting",
        handler: (_input, ctx) => {
          for (let done = 1; done <= 500; done += 1) ctx.progress(done, 500);
          return "counted";
        },
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [counting] });
      await using client = await connect(server);

      const { progress, text } = await client.callTool("counting");

      expect(text).toBe("counted");
      expect(progress.at(0)).toMatchObject({ progress: 1, total: 500 });
      expect(progress.at(-1)).toMatchObject({ progress: 500, total: 500 });
      expect(progress.length).toBeLessThan(50);
    });

    it("stops the work when the client cancels", async () => {
      const started = Promise.withResolvers<void>();
      const stopped = Promise.withResolvers<unknown>();
      const endless = defineTool({
        name: "endless",
        handler: (_input, ctx) => {
          started.resolve();
          return new Promise((_resolve, reject) => {
            ctx.signal.addEventListener("abort", () => {
              stopped.resolve(ctx.signal.aborted);
              reject(ctx.signal.reason);
            });
          });
        },
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [endless] });
      await using client = await connect(server);
      const cancel = new AbortController();

      const call = client.callTool("endless", {}, { signal: cancel.signal });
      await started.promise;
      cancel.abort("enough");

      await expect(call).rejects.toThrow("enough");
      await expect(stopped.promise).resolves.toBe(true);
    });

    it("gives a handler functions that it may take out of the context", async () => {
      const taking = defineTool({
        name: "taking",
        handler: async (_input, { progress, clientLog, once, notify, log, signal }) => {
          progress(1, 1);
          await clientLog("info", "taken out");
          log.info("taken out");
          notify.resourceUpdated("test://nowhere");
          return once("key", () => (signal.aborted ? "aborted" : "done"));
        },
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [taking] });
      await using client = await connect(server);

      const { text, progress } = await client.callTool("taking");

      expect(text).toBe("done");
      expect(progress).toMatchObject([{ progress: 1, total: 1 }]);
    });

    it("never fires the signal after success", async () => {
      const signals: AbortSignal[] = [];
      const quick = defineTool({
        name: "quick",
        handler: (_input, ctx) => {
          signals.push(ctx.signal);
          return "done";
        },
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [quick] });
      await using client = await connect(server);

      await client.callTool("quick");
      await client.callTool("quick");
      await client.close();

      expect(signals.map(({ aborted }) => aborted)).toStrictEqual([false, false]);
    });

    it("sends client log messages to a client that wants them", async () => {
      const chatty = defineTool({
        name: "chatty",
        handler: async (_input, ctx) => {
          await ctx.clientLog("debug", "too fine");
          await ctx.clientLog("info", { step: 1 }, "import");
          return "done";
        },
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [chatty] });
      await using client = await connect(server);
      if (era === "legacy") await client.sdk.setLoggingLevel("info");

      await client.callTool("chatty", {}, era === "modern" ? { logLevel: "info" } : {});

      expect(client.received.logs).toMatchObject([{ level: "info", data: { step: 1 }, logger: "import" }]);
    });
  });

  describe("questions to the client", () => {
    const ask = defineTool({
      name: "ask",
      handler: async (_input, ctx) => {
        const answer = await ctx.elicit({ message: "Delete it?", schema: z.object({ sure: z.boolean() }) });
        return answer.action === "accept" ? `sure: ${answer.content.sure}` : answer.action;
      },
    });

    it.each([
      [{ sure: true }, "sure: true"],
      ["decline", "decline"],
      ["cancel", "cancel"],
    ] as const)("elicits: %j becomes %s", async (given, expected) => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [ask] });
      await using client = await connect(server, { answers: { elicit: [given] } });

      const { text } = await client.callTool("ask");

      expect(text).toBe(expected);
      expect(client.received.forms).toMatchObject([{ message: "Delete it?" }]);
    });

    it("refuses when the client cannot be asked", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [ask] });
      await using client = await connect(server);

      const answer: unknown = await client.callTool("ask").catch((error: unknown) => error);

      const { code, text } = answer as { code?: number; text?: string };
      const refusal = era === "modern" ? code === -32021 : text?.includes("elicitation");
      expect(refusal).toBe(true);
    });

    it("asks several things over several rounds, and does once what must be done once", async () => {
      let charged = 0;
      const order = defineTool({
        name: "order",
        handler: async (_input, ctx) => {
          const receipt = await ctx.once("charge", () => `receipt ${(charged += 1)}`);
          const [name, poem] = await Promise.all([
            ctx.elicit({ message: "Name?", schema: z.object({ name: z.string() }) }),
            ctx.sample({ messages: [{ role: "user", content: { type: "text", text: "A poem" } }], maxTokens: 50 }),
          ]);
          const color = await ctx.elicit({ message: "Color?", schema: z.object({ color: z.string() }) });
          if (name.action !== "accept" || color.action !== "accept") return "no";
          return `${receipt}, ${name.content.name}, ${JSON.stringify(poem.content)}, ${color.content.color}`;
        },
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [order] });
      await using client = await connect(server, {
        answers: { elicit: [{ name: "Ada" }, { color: "red" }], sample: ["Roses"] },
      });

      const { text } = await client.callTool("order");

      expect(text).toBe('receipt 1, Ada, {"type":"text","text":"Roses"}, red');
      expect(charged).toBe(1);
    });

    it("asks for roots", async () => {
      const rooted = defineTool({
        name: "rooted",
        handler: async (_input, ctx) => (await ctx.roots()).map(({ uri }) => uri).join(),
      });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [rooted] });
      await using client = await connect(server, { answers: { roots: [{ uri: "file:///project" }] } });

      expect((await client.callTool("rooted")).text).toBe("file:///project");
    });
  });

  describe("resources and prompts", () => {
    const user = defineResource({
      uri: "data://users/{userId}",
      name: "user",
      description: "A user",
      mimeType: "application/json",
      params: z.object({ userId: z.string() }),
      list: () => [{ uri: "data://users/1", name: "one" }],
      complete: { userId: (typed) => ["1", "12", "2"].filter((id) => id.startsWith(typed)) },
      ttlMs: 5000,
      read: ({ userId }) => (userId === "404" ? undefined : { id: userId }),
    });
    const page = defineResource({ uri: "http://example.com", name: "page", read: () => "hello" });
    const greet = definePrompt({
      name: "greet",
      description: "Greets",
      arguments: z.object({ who: z.string() }),
      render: ({ who }) => `Hello, ${who}`,
    });

    it("reads fixed resources under every spelling of their URI, and templates", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [user, page] });
      await using client = await connect(server);

      expect((await client.readResource("http://example.com")).text).toBe("hello");
      expect((await client.readResource("HTTP://EXAMPLE.com:80/")).text).toBe("hello");
      expect(JSON.parse((await client.readResource("data://users/7")).text)).toStrictEqual({ id: "7" });
    });

    it("lists, completes, and says with the URI what is missing", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [user, page] });
      await using client = await connect(server);

      const { resources } = await client.sdk.listResources();
      const { resourceTemplates } = await client.sdk.listResourceTemplates();
      const { completion } = await client.sdk.complete({
        ref: { type: "ref/resource", uri: "data://users/{userId}" },
        argument: { name: "userId", value: "1" },
      });

      expect(resources.map(({ name }) => name)).toStrictEqual(["page", "one"]);
      expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toStrictEqual(["data://users/{userId}"]);
      expect(completion.values).toStrictEqual(["1", "12"]);
      await expect(client.readResource("data://users/404")).rejects.toMatchObject({
        code: -32602,
        data: { uri: "data://users/404" },
      });
    });

    it("renders prompts and checks their arguments", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [greet] });
      await using client = await connect(server);

      expect((await client.getPrompt("greet", { who: "Ada" })).text).toBe("Hello, Ada");
      await expect(client.getPrompt("greet")).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining("who"),
      });
    });
  });

  describe("the server as a whole", () => {
    it("runs the same middleware around every operation, with typed state", async () => {
      const locale = contextKey<string>("locale");
      const seen: string[] = [];
      const outer: Middleware = async (call, next) => {
        call.context.state.set(locale, "de");
        seen.push(call.method);
        return next();
      };
      const which = defineTool({ name: "which", handler: (_input, ctx) => ctx.state.get(locale) ?? "none" });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [which] });
      server.use(outer);
      await using client = await connect(server);

      expect((await client.callTool("which")).text).toBe("de");
      await client.toolNames();

      expect(seen).toContain("tools/call");
      expect(seen).toContain("tools/list");
    });

    it("serves extension methods through the same pipeline", async () => {
      await using server = createServer({ name: "t", version: "1", log: silent, components: [bmi] });
      server.method(
        "vendor/double",
        { params: z.object({ n: z.number() }), result: z.object({ n: z.number() }) },
        ({ n }) => ({ n: n * 2 }),
      );
      await using client = await connect(server);
      const send = (n: unknown): Promise<unknown> =>
        client.sdk.request({ method: "vendor/double", params: { n } }, z.looseObject({ n: z.number() }));

      await expect(send(21)).resolves.toMatchObject({ n: 42 });
      await expect(send("x")).rejects.toMatchObject({ code: -32602 });
      expect(client.sdk.getServerCapabilities()).toMatchObject({ extensions: { "vendor/double": {} } });
    });

    it("pages through long lists with opaque cursors", async () => {
      const many = Array.from({ length: 25 }, (_, index) => defineTool({ name: `tool_${index}`, handler: () => "" }));
      await using server = createServer({ name: "t", version: "1", log: silent, components: many, pageSize: 10 });
      await using client = await connect(server);

      const names = await client.toolNames();

      expect(names).toStrictEqual(many.map(({ name }) => name));
      await expect(client.sdk.listTools({ cursor: "nonsense" })).rejects.toMatchObject({ code: -32602 });
    });

    it("tells clients when tools come and go", async () => {
      const late = defineTool({ name: "late", handler: () => "here" });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [bmi] });
      await using client = await connect(server);
      const told = Promise.withResolvers<void>();
      client.sdk.setNotificationHandler("notifications/tools/list_changed", () => told.resolve());
      if (era === "modern") await client.sdk.listen({ toolsListChanged: true });
      else if (transport === "http") await client.sdk.ping();

      server.add(late);
      await told.promise;

      expect((await client.callTool("late")).text).toBe("here");
    });
  });
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

function recordingLogger(): { log: Logger; lines: { message: string; fields: LogFields }[] } {
  const lines: { message: string; fields: LogFields }[] = [];
  const logger = (bound: LogFields): Logger => {
    const add = (message: string, fields: LogFields = {}): void =>
      void lines.push({ message, fields: { ...bound, ...fields } });
    return { debug: add, info: add, warn: add, error: add, child: (fields) => logger({ ...bound, ...fields }) };
  };
  return { log: logger({}), lines };
}
