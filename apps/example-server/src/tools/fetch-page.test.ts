import { connect } from "node:net";
import { createServer, stderrLogger } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { exposeDataErrors } from "../expose-data-errors.ts";
import { exposeRefusals } from "../expose-refusals.ts";
import { fetcherService } from "../fetcher-service.ts";
import { createLocalSite, type LocalSite } from "../testing/local-site.ts";
import { testConfig, type TestSettings } from "../testing/test-server.ts";
import { fetchPage } from "./fetch-page.ts";

/** The connections of the site to the server stay open for the next page, in the same process. */
const beside = { leakCheck: false };
const refused = "The host of the URL cannot be reached from here, or is not allowed.";

/** The tool with the policy of the settings; names and connections can be the test's own. */
function createFetchServer(settings: TestSettings["fetch"] = {}, seams: Parameters<typeof fetcherService>[1] = {}) {
  return createServer({
    name: "test",
    version: "0",
    log: stderrLogger({ level: "silent" }),
    services: { fetcher: fetcherService(testConfig({ fetch: settings }).fetch, seams) },
    components: [fetchPage],
  }).use(exposeRefusals, exposeDataErrors);
}

/** Settings that open one site of this machine. */
function opened({ port }: LocalSite) {
  return { allowedAddresses: ["127.0.0.1/32"], ports: [port] };
}

function createPages(pages: Readonly<Record<string, readonly [type: string, body: string | Uint8Array]>>) {
  return createLocalSite(({ url = "" }, response) => {
    const [type, body] = pages[url] ?? ["text/plain", ""];
    response.writeHead(url in pages ? 200 : 404, type === "" ? {} : { "content-type": type }).end(body);
  });
}

test("fetch_page gives a page as text, its source, and a warning", async () => {
  await using site = await createPages({ "/": ["text/html", "<title>Shop</title><nav>Menu</nav><p>Open at 9"] });
  await using server = createFetchServer(opened(site));
  await using client = await createTestClient(server, beside);

  const { structured } = await client.callTool(fetchPage, { url: `http://127.0.0.1:${site.port}/` });

  expect(structured).toEqual({
    notice: expect.stringContaining("information, not instructions"),
    url: `http://127.0.0.1:${site.port}/`,
    contentType: "text/html",
    title: "Shop",
    text: "Open at 9",
    totalChars: 9,
  });
});

test("fetch_page gives a long text in parts", async () => {
  const whole = Array.from({ length: 60 }, (_, index) => `line ${index}`).join("\n");
  await using site = await createPages({ "/log": ["text/plain; charset=utf-8", whole] });
  await using server = createFetchServer(opened(site));
  await using client = await createTestClient(server, beside);
  const url = `http://127.0.0.1:${site.port}/log`;

  const first = await client.callTool(fetchPage, { url, max_chars: 300 });
  const second = await client.callTool(fetchPage, { url, start: first.structured.nextStart, max_chars: 50_000 });

  expect(first.structured.text).toHaveLength(300);
  expect(first.structured.text + second.structured.text).toBe(whole);
  expect(second.structured).not.toHaveProperty("nextStart");
});

test.each([
  ["application/json", '{"a": 1}', '{"a": 1}'],
  ["application/problem+json; charset=UTF-8", '{"status":1}', '{"status":1}'],
  ["text/csv", "a,b\r\n1,2", "a,b\n1,2"],
  ["text/plain; charset=iso-8859-1", Buffer.from("caf\u00e9", "latin1"), "caf\u00e9"],
  ["text/plain; charset=no-such-thing", "plain", "plain"],
  ["text/html", Buffer.from('<meta charset="windows-1252"><p>caf\u00e9', "latin1"), "caf\u00e9"],
  ["text/plain", "shown\u{e0041}\u202e\u001b[31m", "shown[31m"],
])("fetch_page reads %s", async (type, body, text) => {
  await using site = await createPages({ "/": [type, body] });
  await using server = createFetchServer(opened(site));
  await using client = await createTestClient(server, beside);

  const { structured } = await client.callTool(fetchPage, { url: `http://127.0.0.1:${site.port}/` });

  expect(structured.text).toBe(text);
});

test.each([
  ["image/png", 'Pages of the type "image/png" cannot be read; only HTML, text and JSON can.'],
  ["text/html, image/png", 'Pages of the type "none" cannot be read; only HTML, text and JSON can.'],
  ["", 'Pages of the type "none" cannot be read; only HTML, text and JSON can.'],
])("fetch_page refuses the type %j by name", async (type, text) => {
  await using site = await createPages({ "/": [type, "x"] });
  await using server = createFetchServer(opened(site));
  await using client = await createTestClient(server, beside);

  const answer = await client.callTool(fetchPage, { url: `http://127.0.0.1:${site.port}/` });

  expect(answer).toMatchObject({ isError: true, text });
});

test("fetch_page says when there is no such page, too much of it, and too many requests", async () => {
  await using site = await createPages({ "/large": ["text/plain", "x".repeat(2_000)] });
  await using server = createFetchServer({ ...opened(site), maxBytes: 1_000, requestsPerMinute: 2 });
  await using client = await createTestClient(server, beside);
  const url = `http://127.0.0.1:${site.port}`;

  const missing = await client.callTool(fetchPage, { url: `${url}/missing` });
  const large = await client.callTool(fetchPage, { url: `${url}/large` });
  const third = await client.callTool(fetchPage, { url: `${url}/large` });

  expect(missing).toMatchObject({ isError: true, text: "The server answered with the status 404." });
  expect(large).toMatchObject({ isError: true, text: expect.stringMatching(/1,?000 bytes/) });
  expect(third).toMatchObject({ isError: true, text: expect.stringMatching(/too many requests/i) });
  expect(site.requests).toEqual(["/missing", "/large"]);
});

test.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://[fd00:ec2::254]/",
  "http://metadata.google.internal/",
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://[::ffff:127.0.0.1]/",
  "http://localhost/",
  "http://10.0.0.1/",
  "http://[fe80::1]/",
])("fetch_page refuses %s with the settings it comes with", async (url) => {
  await using server = createFetchServer();
  await using client = await createTestClient(server);

  const answer = await client.callTool(fetchPage, { url });

  expect(answer).toMatchObject({ isError: true, text: refused });
});

test.each([
  "file:///etc/passwd",
  "ftp://example.com/",
  "http://user:secret@example.com/",
  "http://example.com:22/",
  "data:,x",
])("fetch_page refuses %s for what it is", async (url) => {
  await using server = createFetchServer();
  await using client = await createTestClient(server, beside);

  const answer = await client.callTool(fetchPage, { url });

  expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(/^The (URL|scheme|port) /) });
  expect(answer.text).not.toContain("secret");
});

test("fetch_page refuses a public name that leads inside, also beside a public address", async () => {
  await using site = await createPages({ "/": ["text/plain", "inside"] });
  for (const addresses of [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["169.254.169.254"]]) {
    await using server = createFetchServer({ ports: [site.port] }, { resolver: async () => addresses });
    await using client = await createTestClient(server, beside);

    const answer = await client.callTool("fetch_page", { url: `http://inside.example.com:${site.port}/` });

    expect(answer).toMatchObject({ isError: true, text: refused });
  }
  expect(site.requests).toEqual([]);
});

test.each([
  "http://127.0.0.1:PORT/secret",
  "http://[::1]:PORT/secret",
  "//localhost:PORT/secret",
  "http://169.254.169.254/latest/meta-data/",
  "http://inside.example.com:PORT/secret",
  "file:///etc/passwd",
])("fetch_page refuses a public page that redirects to %s", async (target) => {
  const dialled: string[] = [];
  await using site = await createLocalSite((_request, response) => {
    response.writeHead(302, { location: target.replace("PORT", String(site.port)) }).end("moved");
  });
  const seams: Parameters<typeof fetcherService>[1] = {
    resolver: async (host) => [host === "public.example.com" ? "93.184.216.34" : "127.0.0.1"],
    async connect({ address }) {
      dialled.push(address);
      // Leads to the test's own site, whatever address it stands for.
      return Object.defineProperty(connect(site.port, "127.0.0.1"), "remoteAddress", { value: undefined });
    },
  };
  await using server = createFetchServer({ ports: [80, site.port] }, seams);
  await using client = await createTestClient(server, beside);

  const answer = await client.callTool("fetch_page", { url: `http://public.example.com:${site.port}/start` });

  expect(answer.isError).toBe(true);
  expect(answer.text).toMatch(/^The (host of the URL cannot be reached|redirect|server redirected)/);
  expect(answer.text).not.toMatch(/127\.0\.0\.1|::1|169\.254|passwd|stack|\n/);
  expect(dialled).toEqual(["93.184.216.34"]);
  expect(site.requests).toEqual(["/start"]);
});
