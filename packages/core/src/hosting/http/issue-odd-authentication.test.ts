import { expect, test } from "vitest";
import { KitError } from "../../errors/kit-error.ts";
import { postModern } from "./fixtures/http-client.ts";
import { startHost } from "./fixtures/start-host.ts";

const circle: Record<string, unknown> = {};
circle["self"] = circle;

function raise(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

test.for<[string, number, () => unknown]>([
  ["throws an object without a prototype", 500, raise(Object.create(null))],
  ["throws a proxy that throws", 500, raise(new Proxy({}, { get: raise(new Error("pw@host")) }))],
  ["refuses with circular data", 403, raise(new KitError("FORBIDDEN", "no", { data: circle }))],
  [
    "refuses with a code of a newer copy",
    500,
    raise(Object.assign(new KitError("FORBIDDEN", "no"), { code: "NEWER" })),
  ],
  ["returns text", 500, () => "alice"],
  ["returns null", 500, () => null],
  ["returns a principal without an id", 500, () => ({ scopes: [] })],
  ["returns a principal with an empty id", 500, () => ({ id: "", scopes: [] })],
])("An authenticate that %s is answered with %d, and ends no process", async ([, status, authenticate]) => {
  await using host = await startHost({ authenticate: authenticate as () => undefined });

  const response = await postModern(host, "tools/call", { name: "echo" });
  const body = await response.text();

  expect(response.status).toBe(status);
  expect(JSON.parse(body)).toMatchObject({ jsonrpc: "2.0", error: { data: { requestId: expect.any(String) } } });
  expect(body).not.toContain("pw@host");
});

test("A challenge that is no header's text is replaced by a plain one", async () => {
  const wwwAuthenticate = 'Bearer realm="\u2028"\r\nx-injected: 1';
  await using host = await startHost({
    authenticate: raise(new KitError("UNAUTHENTICATED", "no", { data: { wwwAuthenticate } })),
  });

  const response = await postModern(host, "tools/call", { name: "echo" });

  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  expect(response.headers.get("x-injected")).toBeNull();
});
