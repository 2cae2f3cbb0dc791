import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingHttpHeaders } from "node:http";
import { afterEach, expect, it } from "vitest";
import { createUrlFetcher } from "../create-url-fetcher.ts";
import { UrlPolicyError } from "../errors/url-policy-error.ts";
import { StubInternet } from "../fixtures/stub-internet.ts";
import type { UrlFetcherPolicy } from "../policy/url-fetcher-policy.ts";

let internet: StubInternet | undefined;

afterEach(() => internet?.[Symbol.asyncDispose]());

/** A fetcher for two hosts, of which `/away` of the first leads to the second, and what they are asked. */
function fetcherWith(outgoingHeaders: NonNullable<UrlFetcherPolicy["outgoingHeaders"]>, policy: UrlFetcherPolicy = {}) {
  const asked: IncomingHttpHeaders[] = [];
  internet = new StubInternet({
    dns: { "a.example.com": ["93.184.215.14"], "b.example.com": ["93.184.215.15"] },
    respond(request, response) {
      asked.push(request.headers);
      const location = { "/away": "https://b.example.com/", "/on": "https://a.example.com/there" }[request.url ?? ""];
      response.writeHead(location === undefined ? 200 : 302, location === undefined ? {} : { location }).end("done");
    },
  });
  return { asked, fetcher: createUrlFetcher({ ...internet.policy, retry: false, ...policy, outgoingHeaders }) };
}

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

it("adds what the program says where fetch was called, in place of what the caller says", async () => {
  const request = new AsyncLocalStorage<string>();
  const told: unknown[] = [];
  const outgoingHeaders: UrlFetcherPolicy["outgoingHeaders"] = (about) => {
    told.push(about);
    return { traceparent: request.getStore() ?? "none" };
  };
  const { asked, fetcher } = fetcherWith(outgoingHeaders, { requestHeaders: { allow: ["accept", "traceparent"] } });

  await request.run("one", () => fetcher.text("https://a.example.com/"));
  await request.run("two", () =>
    fetcher.text("https://a.example.com/", { headers: { TraceParent: "forged", accept: "a/b" } }),
  );
  await fetcher.close();

  expect(asked).toMatchObject([{ traceparent: "one" }, { traceparent: "two", accept: "a/b" }]);
  expect(told).toEqual([1, 2].map(() => ({ method: "GET", origin: "https://a.example.com" })));
});

it("are not for the rules of callers, and go along to the same origin alone", async () => {
  const { asked, fetcher } = fetcherWith(() => ({ traceparent }), { requestHeaders: { allow: ["accept"] } });

  await fetcher.text("https://a.example.com/on");
  await fetcher.text("https://a.example.com/away");
  await fetcher.close();

  expect(asked.map((headers) => headers["traceparent"])).toEqual([traceparent, traceparent, traceparent, undefined]);
});

it.each<[string, () => unknown, string]>([
  ["throws", () => { throw new Error("no span"); }, "no span"], // prettier-ignore
  ["breaks the line", () => ({ traceparent: "x\r\nhost: evil" }), "characters that a header cannot have"],
  ["speaks for the connection", () => ({ host: "evil" }), '"host" is not allowed'],
  ["frames the message", () => ({ "content-length": "0" }), '"content-length" is not allowed'],
  ["asks a metadata service", () => ({ "metadata-flavor": "Google" }), "not allowed"],
  ["is not ready", () => Promise.resolve({ traceparent }), "make it synchronous"],
])("refuses to fetch when the function %s", async (_what, outgoingHeaders, message) => {
  const { asked, fetcher } = fetcherWith(outgoingHeaders as () => Record<string, string>);

  const error: unknown = await fetcher.fetch("https://a.example.com/").catch((thrown: unknown) => thrown);
  await fetcher.close();

  expect(error).toBeInstanceOf(UrlPolicyError);
  expect(String(error)).toContain(message);
  expect(asked).toEqual([]);
});

it("refuses what is no function when the fetcher is made", () => {
  const make = () => createUrlFetcher({ outgoingHeaders: { traceparent } as never });

  expect(make).toThrow("outgoingHeaders is an object; it must be a function");
});
