import { describe, expect, it } from "vitest";
import { CallsInFlight } from "./calls-in-flight.ts";

describe("CallsInFlight", () => {
  it("follows the client's signal while the call runs and never after", () => {
    const calls = new CallsInFlight();
    const cancelled = new AbortController();
    const answered = new AbortController();
    const first = calls.begin(cancelled);
    const second = calls.begin(answered);

    cancelled.abort("stop");
    second.end();
    answered.abort("the SDK aborts after each answer");

    expect(first.signal.reason).toBe("stop");
    expect(second.signal.aborted).toBe(false);
  });

  it("starts aborted when the client has gone already", () => {
    const tracked = new CallsInFlight().begin({ signal: AbortSignal.abort("gone") });

    expect(tracked.signal.reason).toBe("gone");
  });

  it("tells when the last call has ended, or that time ran out", async () => {
    const calls = new CallsInFlight();
    const call = calls.begin(new AbortController());

    const inTime = calls.drained(10_000);
    const tooLate = calls.drained(1);

    await expect(tooLate).resolves.toBe(false);
    call.end();
    await expect(inTime).resolves.toBe(true);
    await expect(calls.drained(0)).resolves.toBe(true);
  });
});
