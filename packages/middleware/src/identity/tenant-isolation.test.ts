import { createServer, defineResource, defineTool, type Principal } from "@plinth/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { rateLimit } from "../admission/rate-limit.ts";
import { callOverHttp, headersOf, principalFromHeader } from "../fixtures/http-caller.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { createAuditLog } from "../records/audit-log.ts";
import { callbackAuditSink } from "../records/audit-sink.ts";
import { audit } from "../records/audit.ts";
import { circuitBreaker } from "../resilience/circuit-breaker.ts";
import { retry } from "../resilience/retry.ts";
import { timeout } from "../resilience/timeout.ts";
import { cache } from "../results/cache.ts";
import { idempotency } from "../results/idempotency.ts";
import { responseLimit } from "../results/response-limit.ts";
import { tenancy } from "./tenancy.ts";
import { tenantSettings } from "./tenant-settings.ts";
import { visibility } from "./visibility.ts";

/** Names that might run into each other, or into what JavaScript has by itself. */
const tenantNames = ["acme", "acme2", "Acme", "a", "a.b", "constructor", "null"];
const ids = ["u", "__proto__", 'u","acme', "null"];

const callers: Principal[] = tenantNames.flatMap((tenant) => ids.map((id) => ({ id, scopes: [], tenant })));

/** Every answer names for whom it was made; all of the middleware that remembers anything is around it. */
async function serve() {
  const lines: string[] = [];
  const log = createAuditLog({ sink: callbackAuditSink((written) => void lines.push(...written)) });
  const owner = ({ tenant, principal }: { tenant: string | undefined; principal: Principal | undefined }): string =>
    JSON.stringify([tenant, principal?.id]);
  const components = [
    defineTool({
      name: "mine",
      annotations: { readOnlyHint: true },
      input: z.object({ n: z.number().optional() }),
      handler: async (_input, context) => {
        await new Promise((resolve) => setImmediate(resolve));
        return { owner: owner(context), roots: context.state.get(tenantSettings)?.roots };
      },
    }),
    defineTool({ name: "book", handler: (_input, context) => ({ owner: owner(context) }) }),
    defineTool({
      name: "nested",
      handler: (_input, { invoke }) => invoke("tools/call", { name: "mine", arguments: {} }).then(JSON.stringify),
    }),
    defineTool({ name: "inhouse", tags: ["inhouse"], handler: () => "ours" }),
    defineResource({ uri: "data://mine", ttlMs: 60_000, read: (_params, context) => owner(context) }),
  ];
  const server = createServer({ name: "t", version: "1", components, log: silentLog }).use(
    tenancy({
      header: "x-tenant",
      tenants: (id) => ({ roots: [`/data/${id}`], ...(id !== "acme" && { hide: { tags: ["inhouse"] } }) }),
    }),
    visibility(),
    audit({ log }),
    rateLimit({ limits: { perMinute: 60, burst: 60, by: "tenant" } }),
    idempotency({ whileRunning: "wait" }),
    cache({ ttlMs: 60_000 }),
    timeout(),
    circuitBreaker(),
    retry(),
    responseLimit(),
  );
  const host = await server.listen({ port: 0, authenticate: principalFromHeader });
  return { server, host, log, lines };
}

describe("two tenants", () => {
  it("never get each other's answers, whatever they are called and however they mix", async () => {
    const { server, host } = await serve();
    await using _server = server;
    const requests = [
      { method: "tools/call", name: "mine", arguments: {} },
      { method: "tools/call", name: "nested", arguments: {} },
      { method: "tools/call", name: "book", arguments: {} },
      { method: "resources/read", uri: "data://mine" },
    ];

    const wrong: string[] = [];
    for (const request of requests) {
      for (let round = 0; round < 2; round += 1) {
        const answers = await Promise.all(
          callers.map(async (caller) => {
            // Everybody picks the same key: it must not lead to the answer of whoever was first.
            const headers = { ...headersOf(caller), "idempotency-key": '"same"' };
            return { caller, answer: await callOverHttp(host, request, { headers }) };
          }),
        );
        for (const { caller, answer } of answers) {
          const expected = JSON.stringify(JSON.stringify([caller.tenant, caller.id])).slice(1, -1);
          const text = JSON.stringify(answer.result).replaceAll(/\\+/g, "\\");
          if (!text.includes(expected.replaceAll(/\\+/g, "\\"))) wrong.push(`${expected}: ${answer.body}`);
        }
      }
    }

    expect(wrong).toEqual([]);
  });

  it("never get each other's roots", async () => {
    const { server, host } = await serve();
    await using _server = server;

    const answers = await Promise.all(
      callers.map((caller) =>
        callOverHttp(host, { method: "tools/call", name: "mine", arguments: {} }, { headers: headersOf(caller) }),
      ),
    );

    const roots = answers.map(({ result = {} }) => (result["structuredContent"] as { roots: string[] }).roots);
    expect(roots).toEqual(callers.map(({ tenant }) => [`/data/${tenant}`]));
  });

  it("cannot be exchanged by a header", async () => {
    const { server, host } = await serve();
    await using _server = server;
    const headers = { ...headersOf({ id: "u", scopes: [], tenant: "a" }), "x-tenant": "acme" };

    const before = await callOverHttp(host, { method: "tools/call", name: "mine", arguments: {} }, { headers });
    const list = await callOverHttp(host, { method: "tools/list" }, { headers });

    expect([before.status, list.status]).toEqual([403, 403]);
  });

  it("do not see each other's tools, in lists or calls, also from within", async () => {
    const { server, host } = await serve();
    await using _server = server;
    const see = async (tenant: string) => {
      const headers = headersOf({ id: "u", scopes: [], tenant });
      const list = await callOverHttp(host, { method: "tools/list" }, { headers });
      const call = await callOverHttp(host, { method: "tools/call", name: "inhouse", arguments: {} }, { headers });
      const missing = await callOverHttp(host, { method: "tools/call", name: "nothing", arguments: {} }, { headers });
      return { lists: list.body.includes('"inhouse"'), call, missing };
    };

    const [acme, other] = [await see("acme"), await see("a")];

    expect([acme.lists, other.lists]).toEqual([true, false]);
    expect(acme.call.body).toContain('"text":"ours"');
    expect(other.call.body.replaceAll("inhouse", "nothing")).toBe(other.missing.body);
    expect(other.call.status).toBe(other.missing.status);
  });

  it("do not use up each other's limits", async () => {
    const { server, host } = await serve();
    await using _server = server;
    const status = async (tenant: string): Promise<number> => {
      const headers = headersOf({ id: "u", scopes: [], tenant });
      return (await callOverHttp(host, { method: "tools/call", name: "book", arguments: {} }, { headers })).status;
    };

    const greedy = await Promise.all(Array.from({ length: 100 }, () => status("a")));
    const others = await Promise.all(["acme", "a.b", "constructor"].map(status));

    expect(new Set(greedy)).toEqual(new Set([200, 429]));
    expect(others).toEqual([200, 200, 200]);
  });

  it("stand in the audit log each with its own name", async () => {
    const { server, host, log, lines } = await serve();
    await using _server = server;

    await Promise.all(
      callers.map((caller) =>
        callOverHttp(host, { method: "tools/call", name: "book", arguments: {} }, { headers: headersOf(caller) }),
      ),
    );
    await log.flush();

    const who = lines.slice(1).map((line) => {
      const { tenant, principal } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify([tenant, principal]);
    });
    expect(who.toSorted()).toEqual(callers.map(({ tenant, id }) => JSON.stringify([tenant, id])).toSorted());
  });
});
