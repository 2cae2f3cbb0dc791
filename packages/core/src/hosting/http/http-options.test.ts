import { expect, test } from "vitest";
import { resolveHttpOptions, type HttpOptions } from "./http-options.ts";

test.for<[HttpOptions, string]>([
  [{ host: "0.0.0.0" }, "allowedHosts is needed"],
  [{ host: "10.0.0.5" }, "allowedHosts is needed"],
  [{ host: "::" }, "allowedHosts is needed"],
  [{ allowedHosts: ["https://mcp.example.com"] }, '"https://mcp.example.com" is not a host'],
  [{ allowedOrigins: ["app.example.com"] }, '"app.example.com" is not an origin'],
  [{ cors: ["https://app.example.com/"] }, '"https://app.example.com/" is not an origin'],
  [{ cors: ["*"] }, '"*" is not an origin'],
  [{ port: 70_000 }, "port is 70000; it must be a whole number from 0 to 65535"],
  [{ port: Number.NaN }, "port is NaN; it must be a whole number"],
  [{ maxBodyBytes: 0 }, "maxBodyBytes is 0; it must be a whole number of at least 1"],
  [{ sessions: { max: -1 } }, "max is -1; it must be a whole number of at least 1"],
  [{ drainMs: Number.MAX_SAFE_INTEGER }, "from 0 to 2147483647"],
  [{ legacy: "none" as "off" }, 'legacy is "none"; use "sessions" or "stateless" or "off"'],
  [{ lane: "SDK" as "sdk" }, 'lane is "SDK"; use "direct" or "sdk"'],
  [{ path: "mcp" }, 'path "mcp" must start with "/"'],
  [{ path: "/mcp?x" }, "have no query"],
  [{ path: "/readyz" }, "served already"],
  [
    { routes: [{ method: "GET", path: "/metrics", authenticated: true, handle: () => new Response() }] },
    'the option "authenticate" is needed',
  ],
  [{ routes: [{ method: "GET", path: "/mcp", handle: () => new Response() }] }, "GET /mcp is served already"],
])("%j is refused with a sentence", ([options, words]) => {
  expect(() => resolveHttpOptions(options)).toThrow(words);
});

test("An option given as undefined has its default", () => {
  const resolved = resolveHttpOptions({ path: undefined, sessions: { max: undefined } } as unknown as HttpOptions);

  expect([resolved.path, resolved.sessions.max]).toEqual(["/mcp", 1_000]);
});

test("Elsewhere than on loopback, pages of this machine are no longer trusted", () => {
  const { allowed } = resolveHttpOptions({
    host: "0.0.0.0",
    allowedHosts: ["mcp.example.com"],
    cors: ["https://app.example.com"],
  });

  expect(allowed).toEqual({
    hosts: new Set(["mcp.example.com"]),
    origins: new Set(["https://app.example.com"]),
    loopbackOrigins: false,
  });
});
