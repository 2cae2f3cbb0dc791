import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { createUrlFetcher } from "./create-url-fetcher.ts";
import { failureDetail } from "./errors/url-fetch-error.ts";
import { LoopbackServer } from "./fixtures/loopback-server.ts";

/** A name server on loopback that answers each question about IPv4 with the next of its addresses (RFC 1035 section 4). */
class HostileNameServer implements AsyncDisposable {
  questions = 0;
  readonly #socket: Socket = createSocket("udp4");
  readonly #answers: readonly (readonly string[])[];

  constructor(answers: readonly (readonly string[])[]) {
    this.#answers = answers;
  }

  async start(): Promise<Resolver> {
    this.#socket.on("message", (query, { port, address }) => this.#socket.send(this.#answer(query), port, address));
    this.#socket.bind(0, "127.0.0.1");
    await once(this.#socket, "listening");
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([`127.0.0.1:${this.#socket.address().port}`]);
    return resolver;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
  }

  #answer(query: Buffer): Buffer {
    const end = query.indexOf(0, 12) + 5;
    const addresses = this.#answers[this.questions] ?? this.#answers.at(-1) ?? [];
    this.questions += 1;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8);
    // A pointer to the question's name, type A, class IN, no time to live, four bytes.
    const records = addresses.map((address) =>
      Buffer.concat([Buffer.from("c00c00010001000000000004", "hex"), Buffer.from(address.split(".").map(Number))]),
    );
    return Buffer.concat([header, query.subarray(12, end), ...records]);
  }
}

describe("a hostile name server", () => {
  it("decides once per connection, and only among addresses that are allowed", async () => {
    await using inside = await LoopbackServer.start((socket) =>
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret"),
    );
    await using names = new HostileNameServer([["93.184.215.14"], ["127.0.0.1"], ["93.184.215.14", "127.0.0.1"]]);
    const resolver = await names.start();
    const dialled: string[] = [];
    await using fetcher = createUrlFetcher({
      ports: [inside.port],
      resolver: (host) => resolver.resolve4(host),
      // Whatever is dialled beyond loopback stops here.
      connect: async ({ address }) => {
        dialled.push(address);
        throw new Error("nothing is dialled in this test");
      },
    });

    const reasons: (string | undefined)[] = [];
    for (let index = 0; index < 3; index += 1) {
      await fetcher
        .text(inside.url("/", "rebind.example.com"))
        .catch((error: unknown) => reasons.push(failureDetail(error)?.reason));
    }

    expect(reasons).toEqual(["connect", "address", "address"]);
    expect(dialled).toEqual(["93.184.215.14"]);
    expect([names.questions, inside.heads]).toEqual([3, []]);
  });

  it("cannot move a connection that is kept, and is asked again for a new one", async () => {
    await using inside = await LoopbackServer.start((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    await using names = new HostileNameServer([["127.0.0.1"], ["127.0.0.2"]]);
    const resolver = await names.start();
    await using fetcher = createUrlFetcher({
      ports: [inside.port],
      allowAddresses: ["127.0.0.1"],
      retry: false,
      resolver: (host) => resolver.resolve4(host),
    });
    const url = inside.url("/", "rebind.example.com");

    expect(await fetcher.text(url)).toBe("ok");
    // A connection is free for the next request a turn after the last.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await fetcher.text(url)).toBe("ok");
    expect(names.questions).toBe(1);
    for (const socket of inside.sockets) socket.destroy();
    await expect.poll(() => inside.sockets.size).toBe(0);

    await expect.poll(() => fetcher.text(url).catch((error: unknown) => failureDetail(error)?.reason)).toBe("address");
    expect(inside.heads).toHaveLength(2);
  });

  it("cannot hold up a fetch by saying nothing", async () => {
    await using names = new HostileNameServer([[]]);
    const resolver = await names.start();
    await using fetcher = createUrlFetcher({ timeouts: { connect: 200 }, resolver: (host) => resolver.resolve4(host) });

    const error = await fetcher.text("https://empty.example.com/").catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "UNREACHABLE" });
    expect(failureDetail(error)?.reason).toBe("dns");
  });
});
