import { Readable } from "node:stream";
import { specTypeSchemas } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { toResourceContents, type ResourceContentsOptions } from "./resource-contents.ts";
import { resourceParts, type ResourceReturn } from "./resource.ts";

const uri = "data://x";

function contents(
  value: ResourceReturn,
  options: Partial<ResourceContentsOptions> = {},
): ReturnType<typeof toResourceContents> {
  const defaults = { uri, mimeType: undefined, maxBytes: undefined, signal: new AbortController().signal };
  return toResourceContents(value, { ...defaults, ...options });
}

async function* chunks<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

describe("resource contents", () => {
  it.each<[name: string, make: () => ResourceReturn, expected: object[]]>([
    ["text", () => "hé", [{ uri, text: "hé" }]],
    ["bytes", () => Buffer.from([0, 255]), [{ uri, blob: "AP8=" }]],
    ["a part of a buffer", () => new Uint8Array([9, 1, 2, 9]).subarray(1, 3), [{ uri, blob: "AQI=" }]],
    ["an object", () => ({ a: 1 }), [{ uri, mimeType: "application/json", text: '{"a":1}' }]],
    ["an array", () => [1], [{ uri, mimeType: "application/json", text: "[1]" }]],
    ["a stream of text", () => chunks("a", "b"), [{ uri, text: "ab" }]],
    ["a stream of bytes", () => chunks(Buffer.from("a"), Buffer.from("b")), [{ uri, blob: "YWI=" }]],
    ["a mixed stream", () => chunks<string | Uint8Array>("é", new Uint8Array([1])), [{ uri, blob: "w6kB" }]],
    ["an empty stream", () => chunks(), [{ uri, text: "" }]],
    ["a web stream", () => new Blob(["ab"]).stream(), [{ uri, blob: "YWI=" }]],
    ["a Node stream", () => Readable.from([Buffer.from("ab")]), [{ uri, blob: "YWI=" }]],
    [
      "parts",
      () =>
        resourceParts([
          { body: "a" },
          { uri: "data://y", mimeType: "image/png", body: Buffer.from("b"), meta: { m: 1 } },
        ]),
      [
        { uri, text: "a" },
        { uri: "data://y", mimeType: "image/png", blob: "Yg==", _meta: { m: 1 } },
      ],
    ],
  ])("of %s", async (_name, make, expected) => {
    const result = { contents: await contents(make()) };

    expect(result.contents).toEqual(expected);
    expect(specTypeSchemas.ReadResourceResult["~standard"].validate(result)).not.toHaveProperty("issues");
  });

  it("carry the resource's type", async () => {
    expect(await contents("a", { mimeType: "text/csv" })).toEqual([{ uri, mimeType: "text/csv", text: "a" }]);
    expect(await contents({}, { mimeType: "application/ld+json" })).toMatchObject([
      { mimeType: "application/ld+json" },
    ]);
    expect(await contents(resourceParts([{ body: "a" }]), { mimeType: "text/csv" })).toMatchObject([
      { mimeType: "text/csv" },
    ]);
  });

  it.each<[name: string, make: () => ResourceReturn]>([
    ["text", () => "éé"],
    ["bytes", () => new Uint8Array(4)],
    ["an object", () => ({ a: "é" })],
    ["parts together", () => resourceParts([{ body: "ab" }, { body: "é" }])],
    ["a stream", () => chunks("ab", "é")],
  ])("are refused beyond the limit: %s", async (_name, make) => {
    await expect(contents(make(), { maxBytes: 3 })).rejects.toMatchObject({
      code: "TOO_LARGE",
      message: 'Resource "data://x" is larger than the 3 bytes that one read may have',
    });
  });

  it("stop an endless stream at the limit and free what it holds", async () => {
    let open = true;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) yield "x".repeat(1_000);
      } finally {
        open = false;
      }
    }

    await expect(contents(endless(), { maxBytes: 10_000 })).rejects.toMatchObject({ code: "TOO_LARGE" });

    expect(open).toBe(false);
  });

  it("refuse a stream of anything but text and bytes, whose size no limit could count", async () => {
    const objects = chunks({ a: 1 } as unknown as string);

    await expect(contents(objects, { maxBytes: 3 })).rejects.toMatchObject({ code: "INVALID_OUTPUT" });
  });

  it("end with the signal, also while a stream has stalled", async () => {
    const cancel = new AbortController();
    const { promise: reading, resolve: onRead } = Promise.withResolvers<void>();
    async function* stalled(): AsyncGenerator<string> {
      yield "a";
      onRead();
      await new Promise(() => undefined);
    }

    const read = contents(stalled(), { signal: cancel.signal });
    await reading;
    cancel.abort();

    await expect(read).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(contents(chunks("a"), { signal: cancel.signal })).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("pass on what a stream throws", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "a";
      throw new RangeError("disk");
    }

    await expect(contents(failing())).rejects.toThrow(RangeError);
  });

  it("refuse what JSON cannot carry", async () => {
    await expect(contents({ id: 1n })).rejects.toMatchObject({
      code: "INVALID_OUTPUT",
      message: expect.stringContaining('Resource "data://x": JSON cannot carry a BigInt at id'),
    });
  });
});
