import { createServer, defineTool, type Principal } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { callOverHttp, headersOf, principalFromHeader } from "../fixtures/http-caller.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { tenancy, type TenancyOptions } from "./tenancy.ts";
import { tenantSettings } from "./tenant-settings.ts";

function server(options: TenancyOptions) {
  const whoami = defineTool({
    name: "whoami",
    handler: (_input, { tenant, state }) => ({
      tenant: tenant ?? null,
      roots: state.get(tenantSettings)?.roots ?? null,
    }),
  });
  return createServer({ name: "t", version: "1", components: [whoami], log: silentLog }).use(tenancy(options));
}

/** Asks a server over HTTP for which tenant it takes the call. */
async function askOverHttp(
  options: TenancyOptions,
  {
    principal,
    headers = {},
    path = "/mcp",
  }: { principal?: Principal; headers?: Record<string, string>; path?: string },
): Promise<unknown> {
  await using served = server(options);
  const host = await served.listen({ port: 0, authenticate: principalFromHeader, path });
  const { status, result } = await callOverHttp(
    host,
    { method: "tools/call", name: "whoami", arguments: {} },
    { headers: { ...headers, ...(principal && headersOf(principal)) } },
  );
  if (status === 403 || result === undefined) return "refused";
  return (result["structuredContent"] as { tenant: unknown }).tenant;
}

const bound: Principal = { id: "a", scopes: [], tenant: "acme" };
const unbound: Principal = { id: "a", scopes: [] };
const several: Principal = { id: "a", scopes: [], claims: { tenants: ["acme", "globex"] } };

describe("tenancy", () => {
  it("takes null for a tenant that there is not", async () => {
    const tenants = (() => Promise.resolve(null)) as unknown as NonNullable<TenancyOptions["tenants"]>;

    const answer = await askOverHttp({ tenants }, { principal: bound });

    expect(answer).toBe("refused");
  });

  it.each([
    { what: "a bound caller", options: {}, request: { principal: bound }, tenant: "acme" },
    {
      what: "a bound caller who says the same",
      options: { header: "x-tenant" },
      request: { principal: bound, headers: { "x-tenant": "acme" } },
      tenant: "acme",
    },
    {
      what: "a bound caller who names another",
      options: { header: "x-tenant", trustHeader: true },
      request: { principal: bound, headers: { "x-tenant": "globex" } },
      tenant: "refused",
    },
    {
      what: "a header alone",
      options: { header: "x-tenant" },
      request: { principal: unbound, headers: { "x-tenant": "acme" } },
      tenant: "refused",
    },
    {
      what: "a header alone, without required",
      options: { header: "x-tenant", required: false },
      request: { headers: { "x-tenant": "acme" } },
      tenant: "refused",
    },
    {
      what: "a header that is trusted",
      options: { header: "x-tenant", trustHeader: true },
      request: { principal: unbound, headers: { "x-tenant": "acme" } },
      tenant: "acme",
    },
    { what: "nobody", options: {}, request: {}, tenant: "refused" },
    { what: "nobody, without required", options: { required: false }, request: {}, tenant: null },
    {
      what: "a claim",
      options: { claim: "org" },
      request: { principal: { ...unbound, claims: { org: "acme" } } },
      tenant: "acme",
    },
    {
      what: "a choice that the claim allows",
      options: { claim: "tenants", header: "x-tenant" },
      request: { principal: several, headers: { "x-tenant": "globex" } },
      tenant: "globex",
    },
    {
      what: "a choice that the claim does not allow",
      options: { claim: "tenants", header: "x-tenant", trustHeader: true },
      request: { principal: several, headers: { "x-tenant": "initech" } },
      tenant: "refused",
    },
    {
      what: "several without a choice",
      options: { claim: "tenants" },
      request: { principal: several },
      tenant: "refused",
    },
    {
      what: "a list without an entry",
      options: { claim: "tenants", header: "x-tenant", trustHeader: true },
      request: { principal: { ...unbound, claims: { tenants: [] } }, headers: { "x-tenant": "acme" } },
      tenant: "refused",
    },
    {
      what: "an inherited claim",
      options: { claim: "constructor", required: false },
      request: { principal: unbound },
      tenant: null,
    },
    {
      what: "a claim that is no name",
      options: { claim: "org" },
      request: { principal: { ...unbound, claims: { org: { toString: "acme" } } } },
      tenant: "refused",
    },
    {
      what: "a path",
      options: { path: "/tenants/{tenant}/mcp", trustHeader: true },
      request: { principal: unbound, path: "/tenants/acme/mcp" },
      tenant: "acme",
    },
    {
      what: "a path that differs from the header",
      options: { path: "/tenants/{tenant}/mcp", header: "x-tenant", trustHeader: true },
      request: { principal: unbound, path: "/tenants/acme/mcp", headers: { "x-tenant": "globex" } },
      tenant: "refused",
    },
  ])("gives $what the tenant $tenant", async ({ options, request, tenant }) => {
    expect(await askOverHttp(options, request as Parameters<typeof askOverHttp>[1])).toBe(tenant);
  });

  it.each(["__proto__", "..", ".", "a/b", "a\\b", "a b", "acme, globex", "\u0000", "x".repeat(129), "%61cme", "a:b"])(
    "takes %j for no tenant",
    async (name) => {
      const principal = { ...unbound, claims: { org: name } };

      expect(await askOverHttp({ claim: "org", required: false }, { principal })).toBe("refused");
    },
  );

  it("answers alike for a tenant of others and one that does not exist", async () => {
    const tenants = (id: string) => (id === "acme" || id === "globex" ? {} : undefined);
    const messages = [];
    for (const tenant of ["globex", "nowhere"]) {
      const served = server({ claim: "tenants", tenants, required: false });
      await using client = await createTestClient(served, { era: "legacy", principal: { ...unbound, tenant } });
      const answer = await client.callTool("whoami").catch((error: Error) => error.message);
      messages.push(typeof answer === "string" ? answer : "served");
    }

    expect(messages).toEqual(["served", expect.stringContaining("This caller may not act for that tenant")]);
  });

  it("leaves the settings of the tenant, and asks for them once however many ask at the same time", async () => {
    let asked = 0;
    const gate = Promise.withResolvers<void>();
    const served = server({
      tenants: async (id) => {
        asked += 1;
        await gate.promise;
        return { roots: [`/data/${id}`] };
      },
    });
    await using client = await createTestClient(served, { era: "legacy", principal: bound });

    const answers = Array.from({ length: 20 }, () => client.callTool("whoami"));
    await expect.poll(() => asked).toBe(1);
    gate.resolve();
    const all = await Promise.all(answers);
    await client.callTool("whoami");

    expect(all.map(({ structured }) => structured)).toEqual(all.map(() => ({ tenant: "acme", roots: ["/data/acme"] })));
    expect(asked).toBe(1);
  });

  it("asks again when the settings are old, and does not remember that there was none, or a failure", async () => {
    let asked = 0;
    const answers: (() => unknown)[] = [
      () => undefined,
      () => Promise.reject(new Error("no database")),
      () => ({ roots: ["/1"] }),
      () => ({ roots: ["/2"] }),
    ];
    const served = server({ settingsTtlMs: 1_000, tenants: () => answers[asked++]?.() as undefined });
    await using client = await createTestClient(served, { clock: "fake", era: "legacy", principal: bound });
    const call = async (): Promise<unknown> => {
      try {
        const { structured, text } = await client.callTool("whoami");
        return (structured as { roots?: unknown } | undefined)?.roots ?? text;
      } catch (error) {
        return (error as Error).message;
      }
    };

    const seen = [await call(), await call(), await call(), await call()];
    await client.clock.tick(1_000);
    seen.push(await call());

    expect(seen).toEqual([
      expect.stringContaining("may not act"),
      expect.stringContaining("cannot be read now"),
      ["/1"],
      ["/1"],
      ["/2"],
    ]);
  });

  it("does not wait for ever for settings", async () => {
    const served = server({ lookupMs: 1_000, tenants: () => new Promise(() => undefined) });
    await using client = await createTestClient(served, { clock: "fake", era: "legacy", principal: bound });

    const answer = client.callTool("whoami");
    await client.clock.tick(1_000);

    expect((await answer).text).toContain("cannot be read now");
  });

  it.each([
    { path: "/mcp" },
    { path: "{tenant}" },
    { path: "/{tenant}/{tenant}" },
    { pattern: /a/g },
    { header: "x tenant" },
    { maxTenants: 0 },
  ])("refuses %o", (options) => {
    expect(() => tenancy(options)).toThrow(/ is .*; /);
  });
});
