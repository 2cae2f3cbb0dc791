import { expect, test } from "vitest";
import { postModern } from "./fixtures/http-client.ts";
import { startHost } from "./fixtures/start-host.ts";

const page = "https://app.example.com";

function preflight(url: string, origin: string): Promise<Response> {
  const headers = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type, mcp-method, Mcp-Param-Region, x-evil",
  };
  return fetch(url, { method: "OPTIONS", headers });
}

test("CORS is off by default: a preflight is 405 and no answer can be read", async () => {
  await using host = await startHost();

  const response = await preflight(host.url, "http://localhost:5173");

  expect(response.status).toBe(405);
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
});

test("A preflight of an allowed origin names MCP's headers and mirrored parameters, and no others", async () => {
  await using host = await startHost({ cors: [page] });

  const response = await preflight(host.url, page);

  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe(page);
  expect(response.headers.get("access-control-allow-methods")).toBe("POST, GET, DELETE");
  const allowed = response.headers.get("access-control-allow-headers")?.split(", ");
  expect(allowed).toEqual(
    expect.arrayContaining(["authorization", "mcp-session-id", "mcp-method", "mcp-param-region"]),
  );
  expect(allowed).not.toContain("x-evil");
});

test("Another origin is refused and told nothing", async () => {
  await using host = await startHost({ cors: [page] });

  const response = await preflight(host.url, "https://evil.example");

  expect(response.status).toBe(403);
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
});

test("Answers and refusals can be read by an allowed page", async () => {
  await using host = await startHost({ cors: [page] });

  const good = await postModern(host, "tools/list", {}, { headers: { origin: page } });
  const bad = await fetch(host.url, {
    method: "POST",
    headers: { origin: page, "content-type": "text/plain" },
    body: "x",
  });

  for (const response of [good, bad]) {
    expect(response.headers.get("access-control-allow-origin")).toBe(page);
    expect(response.headers.get("access-control-expose-headers")).toContain("Mcp-Session-Id");
    expect(response.headers.get("vary")).toBe("Origin");
  }
  expect([good.status, bad.status]).toEqual([200, 415]);
});
