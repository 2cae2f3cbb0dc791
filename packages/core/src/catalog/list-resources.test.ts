import { describe, expect, it, vi } from "vitest";
import type { Context } from "../context/context.ts";
import { defineResource, type ListedResource } from "../definitions/resource.ts";
import { listResources } from "./list-resources.ts";
import { createRegistry } from "./registry.ts";

// The callbacks here look at nothing of it.
const context = {} as Context;
const fixed = (uri: string): ReturnType<typeof defineResource> => defineResource({ uri, read: () => "" });
const template = (uri: string, list: () => readonly ListedResource[]): ReturnType<typeof defineResource> =>
  defineResource({ uri, mimeType: "text/plain", list, read: () => "" });

async function allUris(registry: ReturnType<typeof createRegistry>): Promise<{ uris: unknown[]; sizes: number[] }> {
  const uris: unknown[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await listResources(registry.current, cursor, context);
    uris.push(...page.items.map((item) => item["uri"]));
    sizes.push(page.items.length);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { uris, sizes };
}

describe("listing resources", () => {
  const users = [1, 2, 3, 4, 5].map((id) => ({ uri: `data://users/${id}`, name: `User ${id}` }));

  it.each([1, 2, 3, 4, 7, 8, 100])("pages through fixed and listed ones, %i a page", async (pageSize) => {
    const registry = createRegistry({
      pageSize,
      components: [
        fixed("data://a"),
        template("data://users/{id}", () => users),
        fixed("data://b"),
        template("data://x/{id}", () => [{ uri: "data://x/1", name: "X" }]),
      ],
    });

    const { uris, sizes } = await allUris(registry);

    expect(uris).toEqual(["data://a", "data://b", ...users.map(({ uri }) => uri), "data://x/1"]);
    expect(sizes.every((size) => size <= pageSize)).toBe(true);
  });

  it("lists a URI once, the fixed resource first, and gives entries their template's type", async () => {
    const registry = createRegistry({
      components: [
        fixed("http://example.com/1"),
        template("http://example.com/{id}", () => [
          { uri: "HTTP://example.com/1", name: "One" },
          { uri: "http://example.com/2", name: "Two", size: 5 },
          { uri: "http://EXAMPLE.com/2", name: "Two again" },
        ]),
      ],
    });

    const { items } = await listResources(registry.current, undefined, context);

    expect(items).toEqual([
      { uri: "http://example.com/1", name: "http://example.com/1" },
      { uri: "http://example.com/2", name: "Two", mimeType: "text/plain", size: 5 },
    ]);
  });

  it("goes on behind the last item although others came and went", async () => {
    let current = users;
    const registry = createRegistry({ pageSize: 2, components: [template("data://users/{id}", () => current)] });

    const first = await listResources(registry.current, undefined, context);
    current = [{ uri: "data://users/0", name: "New" }, ...users];
    const second = await listResources(registry.current, first.nextCursor, context);
    current = users.filter(({ uri }) => uri !== second.items.at(-1)?.["uri"]);
    const third = await listResources(registry.current, second.nextCursor, context);

    expect(second.items.map(({ uri }) => uri)).toEqual(["data://users/3", "data://users/4"]);
    expect(third.items.map(({ uri }) => uri)).toEqual([]);
  });

  it("asks no template for a page that fixed resources fill", async () => {
    const list = vi.fn(() => users);
    const components = [fixed("data://a"), fixed("data://b"), template("data://users/{id}", list)];
    const registry = createRegistry({ pageSize: 1, components });

    await listResources(registry.current, undefined, context);

    expect(list).not.toHaveBeenCalled();
  });

  it("refuses a cursor of another list", async () => {
    const registry = createRegistry({ components: [template("data://users/{id}", () => users)], pageSize: 2 });
    const { nextCursor } = await listResources(registry.current, undefined, context);

    expect(() => registry.current.page("tools", nextCursor)).toThrow(
      expect.objectContaining({ code: "INVALID_PARAMS" }),
    );
    await expect(listResources(registry.current, "nonsense", context)).rejects.toMatchObject({
      code: "INVALID_PARAMS",
    });
  });

  it("says which template listed something that is no URI", async () => {
    const registry = createRegistry({ components: [template("data://users/{id}", () => [{ uri: "7", name: "x" }])] });

    await expect(listResources(registry.current, undefined, context)).rejects.toThrow(
      '"list" of resource template data://users/{id} returned "7", which is no absolute URI',
    );
  });
});
