import { expect, test } from "vitest";
import { postModern } from "./fixtures/http-client.ts";
import { startHost } from "./fixtures/start-host.ts";
import { mcpPathProblem, mcpPathTest } from "./mcp-path.ts";

test.for<[string, string, boolean]>([
  ["/mcp", "/mcp", true],
  ["/mcp", "/mcp/", false],
  ["/mcp", "/MCP", false],
  ["/t/{tenant}/mcp", "/t/acme/mcp", true],
  ["/t/{tenant}/mcp", "/t//mcp", false],
  ["/t/{tenant}/mcp", "/t/a/b/mcp", false],
  ["/t/{tenant}/mcp", "/t/a%2Fb/mcp", true],
  ["/t/{tenant}/mcp", "/t/{tenant}/mcp", true],
  ["/{tenant}", "/", false],
])("An endpoint at %s is asked by %s: %s", ([path, requested, expected]) => {
  expect(mcpPathTest(path)(requested)).toBe(expected);
});

test.for([["mcp"], ["/mcp?x"], ["/{}/mcp"], ["/x{tenant}/mcp"], ["/{a}{b}"], ["/{1}"]])(
  "The path %s is refused with a sentence",
  ([path = ""]) => {
    expect(mcpPathProblem(path)).toMatch(/must start|has braces/);
  },
);

test("One host serves every name at a path with a placeholder, and tells middleware which it was", async () => {
  await using host = await startHost({
    path: "/t/{tenant}/mcp",
    authenticate: ({ url }) => ({ id: url, scopes: [] }),
  });
  const call = (path: string) =>
    postModern({ ...host, url: new URL(path, host.url).href }, "tools/call", { name: "echo" });

  const statuses = [
    (await call("/t/acme/mcp")).status,
    (await call("/t/rival/mcp")).status,
    (await call("/mcp")).status,
  ];

  expect(statuses).toEqual([200, 200, 404]);
});
