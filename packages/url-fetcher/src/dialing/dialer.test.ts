import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Duplex, duplexPair } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createUrlFetcher, type UrlFetcher } from "../create-url-fetcher.ts";
import { failureDetail } from "../errors/url-fetch-error.ts";
import type { FetchEvent } from "../fetch-event.ts";
import { StubInternet } from "../fixtures/stub-internet.ts";
import { createTestAuthority } from "../fixtures/test-authority.ts";
import type { UrlFetcherPolicy } from "../policy/url-fetcher-policy.ts";
import type { ConnectTarget } from "./connect.ts";

const open: (UrlFetcher | Server)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const thing of open.splice(0)) await (thing as { close(): unknown }).close();
});

function fetcherOf(policy: UrlFetcherPolicy): UrlFetcher {
  const fetcher = createUrlFetcher({ retry: false, ...policy });
  open.push(fetcher);
  return fetcher;
}

/** The reason that only the log sees. */
async function reasonOf(fetching: Promise<unknown>): Promise<string | undefined> {
  const error = await fetching.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return failureDetail(error)?.reason;
}

async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  open.push(server);
  server.listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("createDialer", () => {
  it.each([
    ["one address inside among public ones", ["93.184.215.14", "10.0.0.1"], "address"],
    ["a metadata service", ["169.254.169.254"], "metadata"],
    ["an address with a zone", ["fe80::1%eth0"], "address"],
    ["what is no address", ["example.org"], "address"],
    ["an IPv4 address that is not canonical", ["0177.0.0.1"], "address"],
    ["nothing", [], "dns"],
    ["too many addresses", Array.from({ length: 17 }, (_, index) => `93.184.215.${index}`), "dns"],
    ["no list", "93.184.215.14" as unknown as string[], "dns"],
  ])("dials nothing when a name resolves to %s", async (_, answers, reason) => {
    await using internet = new StubInternet({ dns: { "a.example.com": answers } });
    const fetcher = fetcherOf(internet.policy);

    const found = await reasonOf(fetcher.text("https://a.example.com/"));

    expect(found).toBe(reason);
    expect(internet.dialled).toEqual([]);
  });

  it("checks the answers that it dials, whatever becomes of the resolver's array", async () => {
    const dialled: string[] = [];
    const answers = ["93.184.215.14"];
    const hostile = {
      length: 1,
      get 0() {
        return answers.shift() ?? "10.0.0.1";
      },
      *[Symbol.iterator]() {
        yield "10.0.0.1";
      },
    };
    const list = Object.setPrototypeOf([], hostile) as string[];
    const fetcher = fetcherOf({
      resolver: async () =>
        new Proxy(list, { get: (target, key) => Reflect.get(hostile, key) ?? Reflect.get(target, key) }),
      connect: async ({ address }) => {
        dialled.push(address);
        throw new Error("not here");
      },
    });

    await fetcher.text("https://a.example.com/").catch(() => {});

    expect(dialled.filter((address) => address !== "93.184.215.14")).toEqual([]);
  });

  it("tries the next address when one fails, and all of them within the one check", async () => {
    await using internet = new StubInternet({
      dns: { "a.example.com": ["93.184.215.14", "2606:4700::1", "93.184.215.15"] },
      failingConnects: 2,
    });
    const fetcher = fetcherOf(internet.policy);

    const text = await fetcher.text("https://a.example.com/");

    expect(text).toBe("an answer");
    expect(internet.dialled).toEqual(["93.184.215.14 443", "2606:4700::1 443", "93.184.215.15 443"]);
    expect(internet.lookups).toEqual(["a.example.com"]);
  });

  it("does not wait for a slow address before it tries the next, and lets the slow one go", async () => {
    await using internet = new StubInternet({ dns: { "a.example.com": ["93.184.215.14", "93.184.215.15"] } });
    const { connect } = internet.policy;
    let slow: AbortSignal | undefined;
    const fetcher = fetcherOf({
      ...internet.policy,
      connect: async (target: ConnectTarget) => {
        if (target.address === "93.184.215.15") return connect?.(target) ?? new Duplex();
        slow = target.signal;
        return new Promise<Duplex>(() => {});
      },
    });

    expect(await fetcher.text("https://a.example.com/")).toBe("an answer");
    expect(slow?.aborted).toBe(true);
  });

  it.each([
    ["connected", true],
    ["still connecting", false],
  ])(
    "refuses a socket, handed over %s, that reaches another address than the one it was sent to",
    async (_how, isConnected) => {
      const server = createServer();
      const port = await listen(server);
      let destroyed: Promise<unknown> | undefined;
      const fetcher = fetcherOf({
        resolver: async () => ["93.184.215.14"],
        connect: async () => {
          const { connect } = await import("node:net");
          const socket = connect(port, "127.0.0.1");
          if (isConnected) await once(socket, "connect");
          destroyed = once(socket, "close");
          return socket;
        },
      });

      expect(await reasonOf(fetcher.text("http://a.example.com/"))).toBe("peer");
      await destroyed;
    },
  );

  it("gives up a resolver, a connection and a handshake that do not end", async () => {
    const never = new Promise<never>(() => {});
    const timeouts = { connect: 50 };
    const silent = async () => duplexPair()[0];
    const inLookup = fetcherOf({ timeouts, resolver: () => never });
    const inConnect = fetcherOf({ timeouts, resolver: async () => ["93.184.215.14"], connect: () => never });
    const inHandshake = fetcherOf({ timeouts, resolver: async () => ["93.184.215.14"], connect: silent });

    for (const fetcher of [inLookup, inConnect, inHandshake]) {
      const error = await fetcher.text("https://a.example.com/").catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "UNREACHABLE" });
      await expect.poll(() => fetcher.stats().active).toBe(0);
    }
  });

  it("destroys a connection that comes after its time", async () => {
    const late = Promise.withResolvers<Duplex>();
    const [client] = duplexPair();
    const fetcher = fetcherOf({
      timeouts: { connect: 20 },
      resolver: async () => ["93.184.215.14"],
      connect: () => late.promise,
    });

    await fetcher.text("http://a.example.com/").catch(() => {});
    late.resolve(client);

    await expect.poll(() => client.destroyed).toBe(true);
  });

  it("asks a resolver sixteen names at a time", async () => {
    let running = 0;
    let most = 0;
    const fetcher = fetcherOf({
      resolver: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return [];
      },
    });

    await Promise.allSettled(Array.from({ length: 100 }, (_, index) => fetcher.text(`http://h${index}.example.com/`)));

    expect(most).toBe(16);
    expect(running).toBe(0);
  });

  it("looks up other names while those of a silent server are given up", async () => {
    const fetcher = fetcherOf({
      timeouts: { connect: 50 },
      resolver: (host) => (host.startsWith("silent") ? new Promise<never>(() => {}) : Promise.resolve([])),
    });
    const silent = Array.from({ length: 16 }, (_, index) => fetcher.text(`http://silent${index}.example.com/`));

    await Promise.allSettled(silent);
    const error = await fetcher.text("http://a.example.com/").catch((thrown: unknown) => thrown);

    expect(failureDetail(error)?.explanation).toBe("The name has no addresses");
  });

  it.each(["http", "https"])("refuses a connection that has ended already, for %s", async (scheme) => {
    let dialled = 0;
    const fetcher = fetcherOf({
      resolver: async () => ["93.184.215.14"],
      connect: async () => {
        dialled += 1;
        return duplexPair()[0].destroy();
      },
    });

    expect(await reasonOf(fetcher.text(`${scheme}://a.example.com/`))).toBe("connect");
    expect(dialled).toBe(1);
  });

  it("verifies the certificate against the name of the URL", async () => {
    await using internet = new StubInternet({ dns: { "a.example.com": ["93.184.215.14"] } });
    const { connect } = internet.policy;
    const events: FetchEvent[] = [];
    const fetcher = fetcherOf({
      ...internet.policy,
      // The server has a certificate for another name.
      connect: (target) => connect?.({ ...target, host: "b.example.com" }) ?? Promise.reject(new Error("no")),
      onEvent: (event) => void events.push(event),
    });

    const error = await fetcher.text("https://a.example.com/").catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "UNREACHABLE" });
    expect(events).toMatchObject([{ type: "failed", reason: "tls" }]);
  });

  it("tells the log, and not the client, what is wrong with a certificate", async () => {
    const { ca, identityOf } = createTestAuthority();
    let connections = 0;
    const server = createTlsServer(identityOf("other.example.com"), (socket) => void socket.on("error", () => {}));
    server.on("connection", () => (connections += 1));
    const port = await listen(server);
    const written: string[] = [];
    const events: FetchEvent[] = [];
    const fetcher = fetcherOf({
      ports: [port],
      allowAddresses: ["127.0.0.1"],
      resolver: async () => ["127.0.0.1"],
      tls: { ca },
      retry: { baseMs: 1 },
      onEvent(event) {
        events.push(event);
        written.push(JSON.stringify(event));
      },
    });

    const error = await fetcher.text(`https://a.example.com:${port}/`).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "UNREACHABLE" });
    expect(events).toMatchObject([{ reason: "tls", cause: { host: "a.example.com" } }]);
    expect(written).toEqual([expect.stringContaining('"causeCode":"ERR_TLS_CERT_ALTNAME_INVALID"')]);
    expect(connections).toBe(1);
  });

  it("refuses a certificate of an authority that nobody trusts, whatever the environment says", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    await using internet = new StubInternet({ dns: { "a.example.com": ["93.184.215.14"] } });
    const { resolver, connect } = internet.policy;
    const fetcher = fetcherOf({ ...(resolver && { resolver }), ...(connect && { connect }) });

    expect(await reasonOf(fetcher.text("https://a.example.com/"))).toBe("tls");
  });
});

describe("the operator's proxy", () => {
  /** A proxy that connects to nothing: it is the server at the end of its tunnels. */
  async function startProxy(answer = "HTTP/1.1 200 OK\r\n\r\n"): Promise<{ port: number; heads: string[] }> {
    const heads: string[] = [];
    const origin = createHttpServer((_, response) => void response.end("through the tunnel"));
    const proxy = createServer((socket: Socket) => {
      socket.on("error", () => {});
      socket.once("data", (head) => {
        heads.push(head.toString());
        socket.write(answer);
        if (answer.includes(" 200 ")) origin.emit("connection", socket);
        socket.resume();
      });
    });
    return { port: await listen(proxy), heads };
  }

  it("is asked for names unresolved, with its own authorization, and without anything of the caller's", async () => {
    const { port, heads } = await startProxy();
    const fetcher = fetcherOf({
      proxy: { url: `http://127.0.0.1:${port}`, authorization: "Basic cDpw" },
      resolver: () => Promise.reject(new Error("Nobody has to resolve anything")),
    });

    const text = await fetcher.text("http://a.example.com/secret", { headers: { authorization: "Bearer x" } });

    expect(text).toBe("through the tunnel");
    expect(heads).toEqual([expect.stringMatching(/^CONNECT a\.example\.com:80 HTTP\/1\.1\r\n/)]);
    expect(heads[0]).toMatch(/proxy-authorization: Basic cDpw\r\n/i);
    expect(heads[0]).not.toMatch(/Bearer|secret/);
  });

  it("is not asked for what the policy refuses", async () => {
    const { port, heads } = await startProxy();
    const fetcher = fetcherOf({ proxy: { url: `http://127.0.0.1:${port}` } });
    const urls = [
      "http://127.0.0.1/",
      "http://localhost/",
      "http://[::1]/",
      "http://metadata.google.internal/",
      "http://a.example.com:22/",
    ];

    const results = await Promise.allSettled(urls.map((url) => fetcher.text(url)));

    expect(results.map(({ status }) => status)).toEqual(urls.map(() => "rejected"));
    expect(heads).toEqual([]);
  });

  it("is let go when it takes the connection and no handshake", async () => {
    const sockets: Socket[] = [];
    const port = await listen(createServer((socket) => void sockets.push(socket.on("error", () => {}).resume())));
    const fetcher = fetcherOf({ proxy: { url: `https://127.0.0.1:${port}` }, timeouts: { connect: 50 } });

    const error = await fetcher.text("http://a.example.com/").catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "UNREACHABLE" });
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it.each([
    ["says no", "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno"],
    ["speaks for the server", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfalse"],
    ["is none", "SSH-2.0-OpenSSH_9.9\r\n"],
  ])("fails the fetch like any dead host when it %s", async (_, answer) => {
    const { port } = await startProxy(answer);
    const fetcher = fetcherOf({ proxy: { url: `http://127.0.0.1:${port}` } });

    const error = await fetcher.text("http://a.example.com/").catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "UNREACHABLE" });
    expect(failureDetail(error)?.reason).toBe("proxy");
  });
});
