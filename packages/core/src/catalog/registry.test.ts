import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { definePrompt } from "../definitions/prompt.ts";
import { defineResource } from "../definitions/resource.ts";
import { defineTool } from "../definitions/tool.ts";
import type { ToolDefinition } from "../definitions/tool.ts";
import type { Catalog, ListKind } from "./catalog.ts";
import { createRegistry, type ChangedList } from "./registry.ts";

const tool = (name: string): ToolDefinition => defineTool({ name, description: name, handler: () => name });

function allPages(catalog: () => Catalog, kind: ListKind, between: () => void = () => undefined): string[] {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = catalog().page(kind, cursor);
    names.push(...page.items.map((item) => String(item["name"])));
    cursor = page.nextCursor;
    between();
  } while (cursor !== undefined);
  return names;
}

describe("a registry", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("lists in order of addition, and what is added again last", () => {
    const [a, b, c] = [tool("a"), tool("b"), tool("c")];
    const registry = createRegistry({ components: [b, a, c] });

    registry.remove("tool", "b");
    registry.add(b);

    expect(allPages(() => registry.current, "tools")).toEqual(["a", "c", "b"]);
  });

  it("keeps a snapshot as it was when the registry changes", () => {
    const registry = createRegistry({ components: [tool("a")] });
    const before = registry.current;

    registry.add(tool("b"));

    expect([...before.tools.keys()]).toEqual(["a"]);
    expect([...registry.current.tools.keys()]).toEqual(["a", "b"]);
    expect(registry.current.revision).toBeGreaterThan(before.revision);
    expect(registry.current).toBe(registry.current);
  });

  it("compiles a definition once, however often the snapshot changes", () => {
    const input = z.object({ x: z.number() });
    const convert = vi.spyOn(input["~standard"].jsonSchema, "input");
    const registry = createRegistry({ components: [defineTool({ name: "a", input, handler: () => "" })] });

    registry.add(tool("b"));
    registry.disable("tool", "a");
    registry.enable("tool", "a");
    const entry = registry.current.tools.get("a");
    registry.remove("tool", "a");
    registry.add(entry!.definition);

    expect(convert).toHaveBeenCalledTimes(1);
    expect(registry.current.tools.get("a")).toBe(entry);
  });

  it("shows an enabled component again in its old place", () => {
    const registry = createRegistry({ components: [tool("a"), tool("b")] });

    registry.disable("tool", "a");
    const without = [...registry.current.tools.keys()];
    registry.enable("tool", "a");

    expect(without).toEqual(["b"]);
    expect([...registry.current.tools.keys()]).toEqual(["a", "b"]);
  });

  it("refuses to enable or disable what is not there, and removes it as a no-op", () => {
    const registry = createRegistry();

    expect(() => registry.disable("tool", "x")).toThrow('There is no tool "x"');
    expect(() => registry.enable("prompt", "x")).toThrow('There is no prompt "x"');
    expect(registry.remove("resource", "x")).toBe(false);
  });

  it("takes names that objects inherit", () => {
    const names = ["constructor", "__proto__", "toString"];
    const registry = createRegistry({ components: names.map(tool) });

    expect(names.map((name) => registry.current.tools.get(name)?.name)).toEqual(names);
    expect(registry.current.tools.get("hasOwnProperty")).toBeUndefined();
  });

  it("refuses a second component of one name and says where both were defined", () => {
    const registry = createRegistry({ components: [tool("a")] });
    const second = defineTool({ name: "a", handler: () => "" });

    expect(() => registry.add(tool("z"), second)).toThrow(
      /^Duplicate tool "a": it is defined at .*registry\.test\.ts:\d+ and at .*registry\.test\.ts:\d+\. Rename or remove one$/,
    );
    expect([...registry.current.tools.keys()]).toEqual(["a"]);
  });

  it("refuses the same definition twice", () => {
    const a = tool("a");

    expect(() => createRegistry({ components: [a, a] })).toThrow(/given twice/);
  });

  it("refuses two resources of one URI, however it is written, and two templates that match the same", () => {
    const read = (): string => "";
    const at = (uri: string): ReturnType<typeof defineResource> => defineResource({ uri, read });

    expect(() => createRegistry({ components: [at("http://example.com"), at("HTTP://Example.com:80/")] })).toThrow(
      expect.objectContaining({ code: "CONFLICT" }),
    );
    expect(() => createRegistry({ components: [at("data://x/{a}"), at("data://x/{b}")] })).toThrow(
      /as "data:\/\/x\/\{b\}"/,
    );
    expect(() =>
      createRegistry({ components: [at("data://x/{a}"), at("data://x/y"), at("data://x/{a}/z")] }),
    ).not.toThrow();
  });

  it("finds a resource by any spelling of its URI and lists it as written", () => {
    const registry = createRegistry({ components: [defineResource({ uri: "http://example.com", read: () => "" })] });
    const { current } = registry;

    expect(current.page("resources", undefined).items[0]).toMatchObject({ uri: "http://example.com" });
    for (const uri of ["http://example.com", "HTTP://EXAMPLE.com:80/", "http://example.com/"]) {
      expect(current.findResource(uri)?.entry.name, uri).toBe("http://example.com/");
    }
    expect(current.findResource("http://example.com/x")).toBeUndefined();
    expect(current.findResource("no uri")).toBeUndefined();
    expect(registry.remove("resource", "HTTP://example.COM")).toBe(true);
  });

  it("finds a template's resource with its variables, and removes a template by its text", () => {
    const registry = createRegistry({ components: [defineResource({ uri: "data://users/{id}", read: () => "" })] });

    const found = registry.current.findResource("data://users/4%202");

    expect(found).toMatchObject({
      variables: { id: "4 2" },
      entry: { kind: "resource-template", name: "data://users/{id}" },
    });
    expect(registry.remove("resource", "data://users/{id}")).toBe(true);
    expect(registry.current.findResource("data://users/1")).toBeUndefined();
  });

  it("reports a burst of changes once, with the lists that changed", () => {
    const onChange = vi.fn<(lists: ReadonlySet<ChangedList>) => void>();
    const registry = createRegistry({ components: [tool("a")], onChange });

    registry.add(tool("b"), definePrompt({ name: "p", render: () => "" }));
    registry.disable("tool", "a");
    registry.disable("tool", "a");
    vi.advanceTimersByTime(9);
    expect(onChange).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    registry.add(defineResource({ uri: "a://{x}", read: () => "" }));
    vi.advanceTimersByTime(10);

    expect(onChange.mock.calls.map(([lists]) => [...lists])).toEqual([["tools", "prompts"], ["resources"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("reports nothing for what it was made with, for hidden components, or after disposal", () => {
    const onChange = vi.fn();
    const registry = createRegistry({ components: [tool("a"), tool("b")], onChange });
    registry.disable("tool", "a");
    vi.runAllTimers();
    onChange.mockClear();

    registry.remove("tool", "a");
    registry.add();
    vi.runAllTimers();
    registry.add(tool("c"));
    registry[Symbol.dispose]();
    vi.runAllTimers();

    expect(onChange).not.toHaveBeenCalled();
  });

  it("pages without skipping or repeating, whatever comes and goes in between", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 19 })), { maxLength: 30 }),
        (pageSize, changes) => {
          const stable = Array.from({ length: 20 }, (_, index) => `stable-${index}`);
          const components = stable.flatMap((name, index) => [tool(name), tool(`flighty-${index}`)]);
          const registry = createRegistry({ components, pageSize });
          const queue = [...changes];

          const seen = allPages(
            () => registry.current,
            "tools",
            () => {
              const [adds, index] = queue.shift() ?? [];
              if (index === undefined) return;
              const name = `flighty-${index}`;
              const removed = registry.remove("tool", name);
              if (adds === true && !removed) registry.add(tool(name));
            },
          );

          expect(seen.filter((name) => name.startsWith("stable"))).toEqual(stable);
          registry[Symbol.dispose]();
        },
      ),
      { numRuns: 100 },
    );
  });

  it("gives the same page object for the same cursor, so that a binding may keep its bytes", () => {
    const { current } = createRegistry({ components: ["a", "b", "c"].map(tool), pageSize: 2 });

    const first = current.page("tools", undefined);

    expect(current.page("tools", undefined)).toBe(first);
    expect(current.page("tools", first.nextCursor)).toBe(current.page("tools", first.nextCursor));
    expect(() => current.page("prompts", first.nextCursor)).toThrow(
      expect.objectContaining({ code: "INVALID_PARAMS" }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a page size of %s", (pageSize) => {
    expect(() => createRegistry({ pageSize })).toThrow(/pageSize/);
  });
});
