import { randomBytes } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUrlFetcher } from "../create-url-fetcher.ts";
import { failureDetail } from "../errors/url-fetch-error.ts";
import type { LimitsPolicy } from "../policy/url-fetcher-policy.ts";

let server: Server;
let respond: RequestListener;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => respond(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function createLocalFetcher(limits: LimitsPolicy = {}) {
  return createUrlFetcher({ ports: [Number(new URL(base).port)], allowAddresses: ["127.0.0.0/8"], limits });
}

const coders: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: (body) => gzipSync(body),
  "x-gzip": (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  // The default is made for files that are compressed once, and takes seconds here.
  br: (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (body) => zstdCompressSync(body),
};

function serve(body: Buffer, encoding: string, status = 200): void {
  respond = (_, response) => void response.writeHead(status, { "content-encoding": encoding }).end(body);
}

function encode(body: Buffer, codings: readonly string[]): Buffer {
  return codings.reduce((encoded, coding) => coders[coding]?.(encoded) ?? encoded, body);
}

/** What the fetch came to: the size of the text, or code and reason. */
async function outcome(limits?: LimitsPolicy): Promise<string | number> {
  await using fetcher = createLocalFetcher(limits);
  try {
    const response = await fetcher.fetch(base);
    return (await response.bytes()).length;
  } catch (error) {
    return `${(error as { code: string }).code} ${failureDetail(error)?.reason}`;
  }
}

describe("the body of an answer", () => {
  it("comes out as it went in, through any two codings", async () => {
    await using fetcher = createLocalFetcher({ ratio: 1e9 });
    const codings = fc.array(fc.constantFrom(...Object.keys(coders), "identity"), { maxLength: 2 });
    const bodies = fc.oneof(
      fc.uint8Array(),
      fc.nat(300_000).map((size) => new Uint8Array(size)),
      fc.nat(200_000).map((size) => randomBytes(size)),
    );

    await fc.assert(
      fc.asyncProperty(codings, bodies, async (stack, body) => {
        serve(encode(Buffer.from(body), stack), stack.join(" , "));

        const response = await fetcher.fetch(base);

        expect(Buffer.from(await response.bytes()).equals(body)).toBe(true);
        const isCoded = stack.some((coding) => coding !== "identity");
        expect(isCoded && response.headers.has("content-encoding")).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it("is decoded also where a server sends the bare form of deflate", async () => {
    serve(deflateRawSync(Buffer.from("x".repeat(200_000))), "deflate");

    expect(await outcome({ ratio: 1e9 })).toBe(200_000);
  });

  const zeros = Buffer.alloc(30 * 2 ** 20);
  const stacks = [["gzip"], ["deflate"], ["br"], ["zstd"], ["gzip", "gzip"], ["br", "gzip"], ["gzip", "zstd"]];

  it.each(stacks)("stops a bomb of %s %s by its bytes, or by its growth", async (...codings) => {
    serve(encode(zeros, codings), codings.join(","));

    expect(await outcome({ ratio: 1e9 })).toBe("TOO_LARGE size");
    // Well below the limit on bytes.
    serve(encode(zeros.subarray(0, 5 * 2 ** 20), codings), codings.join(","));
    expect(await outcome()).toBe("TOO_LARGE ratio");
  });

  it("stops a bomb on an error, and one that is hidden between two codings", async () => {
    serve(gzipSync(zeros), "gzip", 500);
    expect(await outcome({ ratio: 1e9 })).toBe("TOO_LARGE size");

    // The inner stream is empty blocks of gzip: many bytes that decode to none.
    const empty = gzipSync(Buffer.alloc(0));
    serve(gzipSync(Buffer.concat(Array.from({ length: 1_500_000 }, () => empty))), "gzip, gzip");
    expect(await outcome({ ratio: 1e9 })).toBe("TOO_LARGE size");
  });

  it("has as many bytes as are allowed, and not one more", async () => {
    const body = randomBytes(1000);
    for (const codings of [[], ["gzip"], ["br"]]) {
      serve(encode(body, codings), codings.join(","));
      expect(await outcome({ decoded: 1000 })).toBe(1000);
      expect(await outcome({ decoded: 999 })).toBe("TOO_LARGE size");
    }
    serve(body, "identity");
    expect(await outcome({ wire: 999 })).toBe("TOO_LARGE size");
  });

  it.each([
    ["an unknown coding", Buffer.from("x"), "compress"],
    ["a coding with the name of an inherited property", Buffer.from("x"), "constructor"],
    ["more codings than are allowed", encode(Buffer.from("x"), ["gzip", "gzip", "gzip"]), "gzip, gzip, gzip"],
    ["no gzip", Buffer.from("no gzip at all"), "gzip"],
    ["half of a gzip", gzipSync(randomBytes(1000)).subarray(0, 500), "gzip"],
    [
      "a gzip with a wrong sum",
      Buffer.from(gzipSync(Buffer.from("hello")).map((byte, index) => (index === 18 ? byte ^ 1 : byte))),
      "gzip",
    ],
    ["half of a brotli", brotliCompressSync(randomBytes(1000)).subarray(0, 500), "br"],
    ["half of a zstd", zstdCompressSync(randomBytes(1000)).subarray(0, 500), "zstd"],
    ["half of a deflate", deflateSync(randomBytes(1000)).subarray(0, 500), "deflate"],
    ["no deflate", Buffer.from([0x18, 0xff, 0xff, 0xff]), "deflate"],
  ])("is an error when it is %s", async (_, body, encoding) => {
    serve(body, encoding);

    expect(await outcome()).toBe("INVALID_RESPONSE encoding");
  });

  it.each(["gzip", "deflate", "br", "zstd", "gzip, br"])("is empty when it is %s of nothing", async (encoding) => {
    serve(Buffer.alloc(0), encoding);

    expect(await outcome()).toBe(0);
  });

  const hello = Buffer.from("hello");
  it.each([
    ["two frames of zstd", Buffer.concat([zstdCompressSync(hello), zstdCompressSync(hello)]), "zstd"],
    [
      "a skippable frame of zstd",
      Buffer.concat([Buffer.from("502a4d1800000000", "hex"), zstdCompressSync(hello)]),
      "zstd",
    ],
    ["a brotli and more", Buffer.concat([brotliCompressSync(hello), hello]), "br"],
    ["a deflate and more", Buffer.concat([deflateSync(hello), hello]), "deflate"],
    ["a bare deflate and more", Buffer.concat([deflateRawSync(hello), hello]), "deflate"],
    ["a gzip and zeros", Buffer.concat([gzipSync(hello), Buffer.alloc(8)]), "gzip"],
    ["a brotli and more, in a gzip", gzipSync(Buffer.concat([brotliCompressSync(hello), hello])), "br, gzip"],
  ])("is not cut short, nor its connection held, when it is %s", async (_, body, encoding) => {
    let held = 0;
    respond = (_request, response) => {
      held += 1;
      response.on("close", () => (held -= 1));
      // It never ends: whoever is content with the first part waits for the rest in vain, or for ever.
      response.writeHead(200, { "content-encoding": encoding }).write(body);
    };

    expect(await outcome()).toBe("INVALID_RESPONSE encoding");
    await expect.poll(() => held).toBe(0);
  });

  it("of several gzip members is all of them", async () => {
    serve(Buffer.concat([gzipSync(hello), gzipSync(hello)]), "gzip");

    expect(await outcome()).toBe(10);
  });

  it("may be a megabyte of one letter: that is no bomb yet", async () => {
    serve(gzipSync(Buffer.alloc(1_000_000, "a")), "gzip");

    expect(await outcome()).toBe(1_000_000);
  });

  it("is not waited for where there is none", async () => {
    await using fetcher = createLocalFetcher();
    for (const status of [204, 304]) {
      respond = (_, response) => void response.writeHead(status, { "content-encoding": "gzip" }).end();
      const response = await fetcher.fetch(base);
      expect([response.status, response.body, await response.text()]).toEqual([status, null, ""]);
    }
    serve(Buffer.alloc(0), "gzip");
    const head = await fetcher.fetch(base, { method: "HEAD" });
    expect([head.status, head.body, await head.text()]).toEqual([200, null, ""]);
  });

  it("waits for its reader: a server cannot fill the memory", async () => {
    let sent = 0;
    respond = (_, response) => {
      const piece = Buffer.alloc(65_536);
      const write = () => {
        while (sent < 64 * 2 ** 20 && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) return void response.once("drain", write);
        }
      };
      write();
    };
    await using fetcher = createLocalFetcher({ wire: 2 ** 30, decoded: 2 ** 30 });

    const response = await fetcher.fetch(base);
    const reader = response.body?.getReader();
    await reader?.read();
    // As much as the buffers of two sockets hold: it has stopped when nothing more comes for a while.
    let before = -1;
    await expect.poll(() => before === (before = sent), { interval: 150 }).toBe(true);

    expect(sent).toBeLessThan(32 * 2 ** 20);
    await reader?.cancel();
    await expect.poll(() => fetcher.stats().active).toBe(0);
  });

  it("streams all of it to a slow reader, plain and decoded", async () => {
    const body = randomBytes(3 * 2 ** 20);
    for (const codings of [[], ["gzip"], ["gzip", "br"]]) {
      serve(encode(body, codings), codings.join(","));
      await using fetcher = createLocalFetcher();
      const chunks: Uint8Array[] = [];

      for await (const chunk of await fetcher.stream(base)) {
        chunks.push(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }

      expect(Buffer.concat(chunks).equals(body)).toBe(true);
    }
  });

  it("shows a reader of chunks no memory but its own", async () => {
    serve(Buffer.from("hello"), "identity");
    await using fetcher = createLocalFetcher();

    const bytes = await fetcher.bytes(base);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await fetcher.stream(base)) chunks.push(chunk);

    for (const part of [bytes, ...chunks]) {
      expect(part.buffer.byteLength).toBe(part.byteLength);
      expect(part).not.toBeInstanceOf(Buffer);
    }
  });

  it("can be read once", async () => {
    serve(Buffer.from('\uFEFF{"a":1,"__proto__":{"b":2}}'), "identity");
    await using fetcher = createLocalFetcher();
    const response = await fetcher.fetch(base);

    const value = await response.json();

    expect(value).toHaveProperty("a", 1);
    expect((value as { b?: number }).b).toBeUndefined();
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  it("is never shared between two readers", async () => {
    respond = (_, response) => {
      response.write("first ");
      setImmediate(() => response.end("second"));
    };
    await using fetcher = createLocalFetcher();
    const wholeFirst = await fetcher.fetch(base);
    const streamFirst = await fetcher.fetch(base);

    const stream = wholeFirst.body;
    const whole = wholeFirst.text();
    await expect(stream?.getReader().read()).rejects.toThrow("read it once");
    expect(await whole).toBe("first second");

    const reader = streamFirst.body?.getReader();
    await reader?.read();
    reader?.releaseLock();
    await expect(streamFirst.text()).rejects.toThrow("read it once");
    streamFirst.cancel();
  });

  it("goes on to its reader when a stream that came too late is cancelled", async () => {
    respond = (_, response) => {
      response.write("first ");
      setImmediate(() => response.end("second"));
    };
    await using fetcher = createLocalFetcher();
    const response = await fetcher.fetch(base);

    const whole = response.text();
    await response.body?.cancel();

    expect(await whole).toBe("first second");
  });

  it("is not quoted when it is not JSON", async () => {
    serve(Buffer.from("secret of the inside"), "identity");
    await using fetcher = createLocalFetcher();

    const error = await fetcher.json(base).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "INVALID_RESPONSE" });
    expect(String((error as Error).stack)).not.toContain("secret");
  });
});
