import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createUrlFetcher } from "../create-url-fetcher.ts";
import { failureDetail } from "../errors/url-fetch-error.ts";
import { StubInternet } from "../fixtures/stub-internet.ts";
import type { FetchInit } from "./fetch-request.ts";

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly location?: string;
}

let internet: StubInternet | undefined;

afterEach(() => internet?.[Symbol.asyncDispose]());

const dns = {
  "a.example.com": ["93.184.215.14"],
  "b.example.com": ["93.184.215.15"],
  "inside.example.com": ["10.0.0.1"],
  "xn--bcher-kva.example.com": ["93.184.215.16"],
};

/** Fetches a URL from servers that redirect as they are told; anything else they answer with 200. */
async function follow(url: string, answers: Readonly<Record<string, Answer>>, init: FetchInit = {}) {
  const asked: Asked[] = [];
  internet = new StubInternet({
    dns,
    respond(request, response) {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const scheme = "encrypted" in request.socket ? "https" : "http";
        const at = `${scheme}://${request.headers.host}${request.url}`;
        asked.push({ url: at, method: request.method ?? "", headers: request.headers, body });
        const { status, location } = answers[at] ?? { status: 200 };
        response.writeHead(status, location === undefined ? {} : { location }).end("done");
      });
    },
  });
  await using fetcher = createUrlFetcher({ ...internet.policy, retry: false });
  try {
    const response = await fetcher.fetch(url, init);
    await response.text();
    return { asked, status: response.status, url: response.url, redirected: response.redirected };
  } catch (error) {
    return { asked, code: (error as { code?: string }).code, reason: failureDetail(error)?.reason };
  }
}

const start = "https://a.example.com/start";

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("with %i is followed, relative to where it is", async (status) => {
    const result = await follow(start, { [start]: { status, location: "next?x#y" } });

    expect(result).toMatchObject({ status: 200, url: "https://a.example.com/next?x", redirected: true });
    expect(result.asked.map(({ url }) => url)).toEqual([start, "https://a.example.com/next?x"]);
  });

  it.each([300, 304, 201])("is not made of a %i with a location", async (status) => {
    const result = await follow(start, { [start]: { status, location: "https://b.example.com/" } });

    expect(result).toMatchObject({ status, redirected: false });
    expect(result.asked).toHaveLength(1);
  });

  it.each([
    ["a literal inside", "http://127.0.0.1/", "UNREACHABLE"],
    ["a literal inside, over TLS", "https://10.0.0.1/", "UNREACHABLE"],
    ["IPv6 inside", "https://[::1]/", "UNREACHABLE"],
    ["a mapped address", "//[::ffff:10.0.0.1]/", "UNREACHABLE"],
    ["a name that resolves inside", "https://inside.example.com/", "UNREACHABLE"],
    ["a name that does not resolve", "https://nowhere.example.com/", "UNREACHABLE"],
    ["a reserved name", "https://localhost/", "UNREACHABLE"],
    ["another scheme", "file:///etc/passwd", "REDIRECT_REFUSED"],
    ["a script", "javascript:alert(1)", "REDIRECT_REFUSED"],
    ["data", "data:text/html,x", "REDIRECT_REFUSED"],
    ["plain HTTP", "http://a.example.com/", "REDIRECT_REFUSED"],
    ["user information", "https://u:p@b.example.com/", "REDIRECT_REFUSED"],
    ["empty user information", "//@b.example.com/", "REDIRECT_REFUSED"],
    ["a port for something else", "https://b.example.com:22/", "REDIRECT_REFUSED"],
    ["a backslash", "/\\b.example.com/", "REDIRECT_REFUSED"],
    ["a tab", "/\t/b.example.com/", "REDIRECT_REFUSED"],
    ["a scheme without a host", "https:b.example.com/", "REDIRECT_REFUSED"],
    ["a scheme with one slash", "https:/b.example.com/", "REDIRECT_REFUSED"],
    ["a scheme with three slashes", "https:///b.example.com/", "REDIRECT_REFUSED"],
    ["a URL that is too long", `/${"x".repeat(9000)}`, "REDIRECT_REFUSED"],
    ["itself", start, "REDIRECT_REFUSED"],
  ])("to %s is refused", async (_, location, code) => {
    const result = await follow(start, { [start]: { status: 302, location } });

    expect(result).toMatchObject({ code });
    expect(new Set(internet?.dialled)).toEqual(new Set(["93.184.215.14 443"]));
  });

  it.each([
    ["white space around it", "/next \t", "https://a.example.com/next"],
    ["bytes of UTF-8", Buffer.from("/größe").toString("latin1"), "https://a.example.com/gr%C3%B6%C3%9Fe"],
    [
      "a name in UTF-8",
      Buffer.from("https://bücher.example.com/").toString("latin1"),
      "https://xn--bcher-kva.example.com/",
    ],
  ])("with %s is followed as browsers do", async (_, location, expected) => {
    const result = await follow(start, { [start]: { status: 302, location } });

    expect(result).toMatchObject({ status: 200, url: expected });
  });

  it("has one error for a refused host and a dead one", async () => {
    const inside = await follow(start, { [start]: { status: 302, location: "https://inside.example.com/" } });
    const dead = await follow(start, { [start]: { status: 302, location: "https://nowhere.example.com/" } });

    expect([inside.code, inside.reason]).toEqual(["UNREACHABLE", "address"]);
    expect([dead.code, dead.reason]).toEqual(["UNREACHABLE", "dns"]);
  });

  it("to another origin takes nothing along that could be a secret or tell where it comes from", async () => {
    const secrets = {
      authorization: "Bearer x",
      cookie: "a=b",
      "x-api-key": "k",
      referer: "https://a.example.com/",
      origin: "https://a.example.com",
      "x-custom": "1",
    };
    const harmless = { accept: "text/html", "accept-language": "de", range: "bytes=0-1", "user-agent": "me" };
    const location = "https://b.example.com/";

    const { asked } = await follow(
      start,
      { [start]: { status: 302, location } },
      { headers: { ...secrets, ...harmless } },
    );

    expect(asked[0]?.headers).toMatchObject({ ...secrets, ...harmless });
    expect(asked[1]?.headers).toMatchObject(harmless);
    for (const name of Object.keys(secrets)) expect(asked[1]?.headers).not.toHaveProperty(name);
  });

  it("does not give the secrets back when it returns to the first origin", async () => {
    const answers = {
      [start]: { status: 302, location: "https://b.example.com/" },
      "https://b.example.com/": { status: 302, location: "https://a.example.com/end" },
    };

    const { asked } = await follow(start, answers, { headers: { authorization: "Bearer x" } });

    expect(asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer x", undefined, undefined]);
  });

  it("counts another scheme of the same host as another origin", async () => {
    const plain = "http://a.example.com/start";

    const { asked } = await follow(
      plain,
      { [plain]: { status: 301, location: "https://a.example.com/" } },
      { headers: { authorization: "Bearer x" } },
    );

    expect(asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer x", undefined]);
  });

  it("within the origin keeps the headers, but for the referer", async () => {
    const { asked } = await follow(
      start,
      { [start]: { status: 302, location: "/next" } },
      { headers: { authorization: "Bearer x", referer: "https://a.example.com/" } },
    );

    expect(asked.map(({ headers }) => [headers.authorization, headers.referer])).toEqual([
      ["Bearer x", "https://a.example.com/"],
      ["Bearer x", undefined],
    ]);
  });

  it.each([
    ["POST", 301, "GET"],
    ["POST", 302, "GET"],
    ["POST", 303, "GET"],
    ["PUT", 303, "GET"],
    ["HEAD", 303, "HEAD"],
    ["HEAD", 302, "HEAD"],
  ])("of a %s with %i goes on as %s, without the body and its headers", async (method, status, expected) => {
    const init = { method, ...(method !== "HEAD" && { body: "text" }) };

    const { asked } = await follow(start, { [start]: { status, location: "https://b.example.com/" } }, init);

    expect(asked[1]).toMatchObject({ method: expected, body: "" });
    expect(asked[1]?.headers).not.toHaveProperty("content-type");
    expect(asked[1]?.headers).not.toHaveProperty("content-length");
  });

  it.each([
    ["POST", 307],
    ["POST", 308],
    ["PUT", 302],
    ["DELETE", 307],
    ["PATCH", 301],
  ])("of a %s with %i is not sent to another origin", async (method, status) => {
    const init = { method, ...(method !== "DELETE" && { body: "text" }) };

    const result = await follow(start, { [start]: { status, location: "https://b.example.com/" } }, init);

    expect(result).toMatchObject({ code: "REDIRECT_REFUSED" });
    expect(result.asked).toHaveLength(1);
  });

  it("within the origin sends bytes again, and a stream not", async () => {
    const answers = { [start]: { status: 307, location: "/next" } };
    async function* stream() {
      yield Buffer.from("text");
    }

    const bytes = await follow(start, answers, { method: "POST", body: "text" });
    const streamed = await follow(start, answers, { method: "POST", body: stream() });

    expect(bytes.asked.map(({ body, method }) => [method, body])).toEqual([
      ["POST", "text"],
      ["POST", "text"],
    ]);
    expect(streamed).toMatchObject({ code: "REDIRECT_REFUSED" });
    expect(streamed.asked.map(({ body }) => body)).toEqual(["text"]);
  });

  it("is returned as it is, or an error, when the caller says so", async () => {
    const answers = { [start]: { status: 302, location: "https://127.0.0.1/" } };

    expect(await follow(start, answers, { redirect: "manual" })).toMatchObject({ status: 302, redirected: false });
    expect(await follow(start, answers, { redirect: "error" })).toMatchObject({ code: "UNREACHABLE" });
    expect(await follow(start, { [start]: { status: 302, location: "/next" } }, { redirect: "error" })).toMatchObject({
      code: "REDIRECT_REFUSED",
    });
  });

  it("is followed five times, and not a sixth", async () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `https://a.example.com/${index}`,
          { status: 302, location: `/${index + 1}` },
        ]),
      );

    expect(await follow("https://a.example.com/0", chain(5))).toMatchObject({ url: "https://a.example.com/5" });
    const result = await follow("https://a.example.com/0", chain(6));
    expect(result).toMatchObject({ code: "REDIRECT_REFUSED" });
    expect(result.asked).toHaveLength(6);
  });

  it("resolves and checks a name anew for each new connection", async () => {
    internet = new StubInternet({
      dns: { "flip.example.com": { sequence: [["93.184.215.14"], ["127.0.0.1"]] } },
      respond: (_, response) =>
        void response.writeHead(302, { location: "http://flip.example.com/x", connection: "close" }).end(),
    });
    await using fetcher = createUrlFetcher(internet.policy);

    const error = await fetcher.text("http://flip.example.com/").catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "UNREACHABLE" });
    expect(internet.dialled).toEqual(["93.184.215.14 80"]);
  });
});
