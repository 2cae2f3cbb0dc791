import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";
import { Places, type Release } from "./places.ts";

const ignore = (): void => {};

describe("Places", () => {
  it("never lets in more than there are places, and everybody in the end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ global: fc.integer({ min: 1, max: 5 }), perHost: fc.integer({ min: 1, max: 3 }) }),
        fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 40 }),
        fc.scheduler(),
        async ({ global, perHost }, hosts, scheduler) => {
          const places = new Places({ global, perHost, queue: 100 });
          const inside = new Map<string, number>();
          let served = 0;

          const visits = hosts.map(async (host) => {
            const release = await places.take(host, ignore);
            inside.set(host, (inside.get(host) ?? 0) + 1);
            expect(inside.get(host)).toBeLessThanOrEqual(perHost);
            expect([...inside.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(global);
            await scheduler.schedule(Promise.resolve());
            inside.set(host, (inside.get(host) ?? 0) - 1);
            served += 1;
            release();
            release();
          });
          await scheduler.waitFor(Promise.all(visits));

          expect([served, places.taken, places.waiting]).toEqual([hosts.length, 0, 0]);
        },
      ),
    );
  });

  it("refuses who comes when the line is full", () => {
    const places = new Places({ global: 1, perHost: 1, queue: 1 });
    void places.take("a", ignore);
    void places.take("a", ignore);

    expect(() => places.take("a", ignore)).toThrow(expect.objectContaining({ code: "OVERLOADED" }));
  });

  it("lets a host pass that has free places while another waits", async () => {
    const places = new Places({ global: 2, perHost: 1, queue: 5 });
    void places.take("a", ignore);
    void places.take("a", ignore);

    expect(places.take("b", ignore)).toBeTypeOf("function");
  });

  it("forgets who leaves the line", async () => {
    const places = new Places({ global: 1, perHost: 1, queue: 5 });
    const release = places.take("a", ignore) as Release;
    let leave: ((error: UrlFetchError) => void) | undefined;
    const waiting = places.take("a", (given) => (leave = given));

    leave?.(failure("ABORTED", "gone", { reason: "aborted" }));
    release();

    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    expect([places.taken, places.waiting]).toEqual([0, 0]);
  });
});
