import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failure, failureDetail, type FailureReason } from "../errors/url-fetch-error.ts";
import { Breakers } from "./breakers.ts";

const fail = (reason: FailureReason) => () => Promise.reject(failure("UNREACHABLE", "no", { reason }));
const answer = (status: number) => () => Promise.resolve({ status });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function create() {
  const changes: string[] = [];
  const breakers = new Breakers(
    { failures: 3, halfOpenAfterMs: 1000 },
    (host, state) => void changes.push(`${host} ${state}`),
  );
  const ask = async (ask: () => Promise<{ status: number }>, host = "a") =>
    breakers.ask(host, ask).then(
      ({ status }) => status,
      (error: unknown) => failureDetail(error)?.reason,
    );
  return { ask, changes };
}

describe("Breakers", () => {
  it("stop asking a host after failures in a row, and try it again after a while", async () => {
    const { ask, changes } = create();
    const results = [
      await ask(fail("connect")),
      await ask(answer(503)),
      await ask(fail("time")),
      await ask(answer(200)),
    ];
    vi.advanceTimersByTime(1000);
    results.push(await ask(answer(200)), await ask(answer(200)));

    expect(results).toEqual(["connect", 503, "time", "circuit", 200, 200]);
    expect(changes).toEqual(["a open", "a half-open", "a closed"]);
  });

  it("open again when the one that tries fails", async () => {
    const { ask, changes } = create();
    for (let index = 0; index < 3; index += 1) await ask(fail("broken"));
    vi.advanceTimersByTime(1000);

    expect(await ask(fail("broken"))).toBe("broken");
    expect(await ask(answer(200))).toBe("circuit");
    expect(changes).toEqual(["a open", "a half-open", "a open"]);
  });

  it("are not closed by one that tries and goes away", async () => {
    const { ask } = create();
    for (let index = 0; index < 3; index += 1) await ask(fail("broken"));
    vi.advanceTimersByTime(1000);

    expect(await ask(fail("aborted"))).toBe("aborted");
    expect(await ask(answer(200))).toBe("circuit");
  });

  it("count in a row: a success begins anew", async () => {
    const { ask } = create();
    const outcomes = [fail("connect"), fail("connect"), answer(200), fail("connect"), fail("connect")];
    for (const outcome of outcomes) await ask(outcome);

    expect(await ask(answer(200))).toBe(200);
  });

  it("count failures that happen side by side", async () => {
    const { ask } = create();

    await Promise.all(Array.from({ length: 5 }, () => ask(fail("connect"))));

    expect(await ask(answer(200))).toBe("circuit");
    expect(await ask(answer(200), "b")).toBe(200);
  });

  it("do not hold refusals, limits and aborts against a host, nor an error of its application", async () => {
    const { ask } = create();
    const reasons = ["address", "host", "size", "ratio", "aborted", "deadline", "rate", "queue"] as const;
    for (const reason of reasons) await ask(fail(reason));
    for (let index = 0; index < 5; index += 1) await ask(answer(500));

    expect(await ask(answer(200))).toBe(200);
  });
});
