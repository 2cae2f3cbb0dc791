import { expect, it } from "vitest";
import { stderrLogger } from "../context/logger.ts";
import { wireServer } from "../create-server.ts";
import { defineResource } from "../definitions/resource.ts";
import { defineTool } from "../definitions/tool.ts";
import { incoming } from "../protocol/fixtures/incoming.ts";
import { compileCatalog } from "./compile-catalog.ts";
import { narrowCatalog } from "./narrow-catalog.ts";

/** A server whose middleware hides what is tagged `secret`, three entries a page. */
function guarded() {
  const tool = (name: string, ...tags: string[]) => defineTool({ name, tags, handler: () => name });
  return wireServer({
    name: "t",
    version: "1",
    pageSize: 3,
    log: stderrLogger({ level: "silent" }),
    components: [
      tool("a"),
      tool("b", "secret"),
      tool("c"),
      tool("d", "secret"),
      tool("e"),
      tool("f"),
      defineResource({ uri: "data://secret", tags: ["secret"], read: () => "hidden" }),
      defineResource({ uri: "data://{id}", read: ({ id }) => `open ${id}` }),
      defineResource({
        uri: "notes://{id}",
        tags: ["secret"],
        list: () => [{ uri: "notes://1", name: "hidden note" }],
        read: () => "hidden",
      }),
    ],
  }).use((call, next) =>
    next(call.with({ catalog: narrowCatalog(call.catalog, ({ tags }) => !tags.includes("secret")) })),
  );
}

it("fills pages with what may be seen, and names nothing else in a cursor", async () => {
  const server = guarded();

  const first = await server.dispatch(incoming({ method: "tools/list", params: {} }));
  const { nextCursor } = (first as { result: { nextCursor: string } }).result;
  const second = await server.dispatch(incoming({ method: "tools/list", params: { cursor: nextCursor } }));

  const cursor = Buffer.from(nextCursor, "base64url").toString();
  expect(first).toMatchObject({ result: { tools: [{ name: "a" }, { name: "c" }, { name: "e" }] } });
  expect(second).toMatchObject({ result: { tools: [{ name: "f" }] } });
  expect(cursor).toContain('"e"');
});

it("answers a hidden name like one that there is not", async () => {
  const server = guarded();
  const call = (name: string) => server.dispatch(incoming({ params: { name } }));

  const told = [await call("b"), await call("x")].map((outcome) => JSON.stringify(outcome));

  const [hidden, missing] = told.map((text) => text.replace(/requestId":"[^"]+/, "requestId"));
  expect(hidden?.replaceAll('"b\\"', '"x\\"')).toBe(missing);
  expect(missing).toContain("Unknown tool");
});

it("hides a resource from reading too, also when a visible template has its URI", async () => {
  const server = guarded();
  const read = (uri: string) => server.dispatch(incoming({ method: "resources/read", params: { uri } }));

  const outcomes = [await read("data://secret"), await read("notes://1"), await read("data://other")];
  const listed = await server.dispatch(incoming({ method: "resources/list", params: {} }));

  expect(outcomes[0]).toHaveProperty("error");
  expect(outcomes[1]).toHaveProperty("error");
  expect(outcomes[2]).toMatchObject({ result: { contents: [{ text: "open other" }] } });
  expect(listed).toMatchObject({ result: { resources: [] } });
});

it("narrows what is narrowed already, and refuses what no server made", () => {
  const entries = [...guarded().catalog.tools.values()].map((entry, place) => ({ entry, place }));
  const whole = compileCatalog({ revision: 4, entries, pageSize: 10 });

  const view = narrowCatalog(
    narrowCatalog(whole, ({ name }) => name !== "a"),
    ({ name }) => name !== "c",
  );

  expect([...view.tools.keys()]).toEqual(["b", "d", "e", "f"]);
  expect(view.revision).toBe(4);
  expect(() => narrowCatalog({ ...whole }, () => true)).toThrow("narrowCatalog() needs the catalog of a server");
});
