import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogEntry } from "../catalog/catalog.ts";
import type { Call, CallChanges, Result } from "./call.ts";
import { compose, on, only, type Middleware } from "./middleware.ts";

describe("compose", () => {
  it("runs middleware from the outside in and back out, the first outermost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { maxLength: 12 }), async (names) => {
        const trail: string[] = [];
        const traced = names.map<Middleware>((name, index) => async (_call, next) => {
          trail.push(`in ${index} ${name}`);
          const result = await next();
          trail.push(`out ${index} ${name}`);
          return result;
        });

        await compose(traced, async () => ({}))(fakeCall());

        const inwards = names.map((name, index) => `in ${index} ${name}`);
        const outwards = names.map((name, index) => `out ${index} ${name}`).toReversed();
        expect(trail).toStrictEqual([...inwards, ...outwards]);
      }),
    );
  });

  it("refuses a second next() with the same call and names the middleware", async () => {
    const twice: Middleware = async function twice(_call, next) {
      await next();
      return next();
    };

    const answer = compose([twice], async () => ({}))(fakeCall());

    await expect(answer).rejects.toMatchObject({
      code: "MISUSE",
      message: expect.stringContaining("twice called next() twice"),
    });
  });

  it("lets a retry run the call again as a new call", async () => {
    let runs = 0;
    const retry: Middleware = async (call, next) => next().catch(() => next(call.with({})));

    const result = await compose([retry], async () => {
      runs += 1;
      if (runs === 1) throw new Error("once");
      return { runs };
    })(fakeCall());

    expect(result).toStrictEqual({ runs: 2 });
  });

  it("passes a changed call to what is inside and not to what is outside", async () => {
    const seen: unknown[] = [];
    const outer: Middleware = async (call, next) => {
      const result = await next();
      seen.push(call.params);
      return result;
    };
    const change: Middleware = (call, next) => next(call.with({ params: { changed: true } }));

    await compose([outer, change], async (call) => {
      seen.push(call.params);
      return {};
    })(fakeCall({ params: { changed: false } }));

    expect(seen).toStrictEqual([{ changed: true }, { changed: false }]);
  });
});

describe("on and only", () => {
  const mark: Middleware = async function mark(_call, next) {
    return { ...(await next()), marked: true };
  };
  const run = (middleware: Middleware, call: Call): Promise<Result> => compose([middleware], async () => ({}))(call);

  it("narrows a middleware to methods", async () => {
    expect(await run(on("tools/call", mark), fakeCall({ method: "tools/call" }))).toHaveProperty("marked");
    expect(await run(on(["a", "b"], mark), fakeCall({ method: "tools/call" }))).not.toHaveProperty("marked");
  });

  it("narrows a middleware to names and to tags", async () => {
    const target = { kind: "tool", name: "delete_dataset", tags: ["dangerous"] } as unknown as CatalogEntry;

    expect(await run(only({ names: ["delete_dataset"] }, mark), fakeCall({ target }))).toHaveProperty("marked");
    expect(await run(only({ tags: ["dangerous"] }, mark), fakeCall({ target }))).toHaveProperty("marked");
    expect(await run(only({ tags: ["harmless"] }, mark), fakeCall({ target }))).not.toHaveProperty("marked");
    expect(await run(only({ tags: ["dangerous"] }, mark), fakeCall())).not.toHaveProperty("marked");
  });

  it("keeps the name of what it wraps", () => {
    expect(on("x", mark).name).toBe("mark");
    expect(only({}, mark).name).toBe("mark");
  });
});

function fakeCall(fields: Partial<Call> = {}): Call {
  const call = { method: "tools/call", params: {}, target: undefined, signal: new AbortController().signal, ...fields };
  return { ...call, with: ({ params }: CallChanges) => fakeCall({ ...call, ...(params && { params }) }) } as Call;
}
