/**
 * Whatever a team's code throws or returns, on every transport: the client gets an answer, and nothing that was not
 * meant for it.
 */
import {
  createServer,
  definePrompt,
  defineResource,
  defineTool,
  KitError,
  resourceParts,
  text,
  toolResult,
  type Logger,
} from "@plinth/core";
import { expect, it } from "vitest";
import { z } from "zod";
import { runMatrix } from "./matrix.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const secret = "postgres://user:pw@host";
const circle: Record<string, unknown> = {};
circle["self"] = circle;

function raise(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

/** Thrown or returned by handlers; `any`, because the types forbid most of it. */
const behaviours: Readonly<Record<string, () => any>> = {
  "throws null": raise(null),
  "throws text": raise(secret),
  "throws an object without a prototype": raise(Object.assign(Object.create(null) as object, { message: secret })),
  "throws a proxy": raise(new Proxy({}, { get: raise(new Error(secret)), getPrototypeOf: raise(new Error(secret)) })),
  "throws an error with a getter": raise(Object.defineProperty(new Error("x"), "message", { get: raise(secret) })),
  "fails with circular data": raise(new KitError("FAILED", "no", { data: circle })),
  "fails with a big integer as data": raise(new KitError("INVALID_PARAMS", "no", { data: { id: 1n } })),
  "says to come back in NaN seconds": raise(new KitError("FAILED", "no", { retryAfterSeconds: Number.NaN })),
  "returns a circle": () => circle,
  "returns a big integer": () => ({ id: 1n }),
  "returns a map": () => new Map([[1, 2]]),
  "returns an object with a getter that throws": () =>
    Object.defineProperty({}, "a", { enumerable: true, get: raise(new Error(secret)) }),
  "returns content with circular meta": () => toolResult({ content: [text("x", { meta: circle })] }),
  "returns content that is none": () => toolResult({ content: [null as never] }),
  "returns parts with circular meta": () => resourceParts([{ body: "x", meta: circle }]),
};

runMatrix("odd values", ({ connect }) => {
  it("end in an answer, whichever handler throws or returns them", async () => {
    const names = Object.keys(behaviours);
    const components = Object.values(behaviours).flatMap((behave, index) => [
      defineTool({ name: `tool-${index}`, handler: behave }),
      defineResource({ uri: `odd://${index}`, read: behave }),
      definePrompt({ name: `prompt-${index}`, render: behave }),
      definePrompt({
        name: `completed-${index}`,
        arguments: z.object({ a: z.string() }),
        complete: { a: behave },
        render: () => "",
      }),
    ]);
    await using server = createServer({ name: "t", version: "1", log: silent, components });
    for (const [index, behave] of Object.values(behaviours).entries()) {
      server.method(`odd/m${index}`, { params: z.object({}) }, behave);
    }
    await using client = await connect(server);

    const asks = names.map((_name, index): Readonly<Record<string, () => Promise<unknown>>> => ({
      tool: () => client.callTool(`tool-${index}`),
      resource: () => client.readResource(`odd://${index}`),
      prompt: () => client.getPrompt(`prompt-${index}`),
      completion: () =>
        client.sdk.complete({
          ref: { type: "ref/prompt", name: `completed-${index}` },
          argument: { name: "a", value: "" },
        }),
      extension: () => client.sdk.request({ method: `odd/m${index}`, params: {} }, z.looseObject({})),
    }));
    const answers: Record<string, unknown> = {};
    for (const [index, ask] of asks.entries()) {
      for (const [kind, run] of Object.entries(ask)) {
        answers[`${kind} ${names[index]}`] = await run().catch((error: Error & { code?: unknown }) => ({
          code: error.code,
          message: error.message,
        }));
      }
    }

    const everything = JSON.stringify(Object.values(answers));
    expect(everything).not.toContain("pw@host");
    expect(everything).not.toMatch(/Cannot|circular|BigInt|TypeError/);
    const refused = Object.values(answers).filter((answer) => JSON.stringify(answer).includes("Internal error. Quote"));
    expect(refused.length).toBeGreaterThan(40);
    expect(server.inFlight).toBe(0);
  });

  it("of a template's list are refused", async () => {
    const lists = [
      () => [{ uri: "a://b" }],
      () => "text",
      () => [{ uri: "a://b", name: "b", size: 1n }],
      raise(secret),
    ];
    for (const list of lists as (() => any)[]) {
      const listed = defineResource({ uri: "listed://{id}", list, read: () => "" });
      await using server = createServer({ name: "t", version: "1", log: silent, components: [listed] });
      await using client = await connect(server);

      const refusal: unknown = await client.sdk.listResources().catch((error: unknown) => error);

      expect(refusal).toMatchObject({ code: -32603, message: expect.stringContaining("Internal error. Quote") });
    }
  });
});
