import type { Call, Result } from "@plinth/core";
import { expect, it } from "vitest";
import { injectTraceContext, traceHeaders } from "./trace-headers.ts";
import { tracing } from "./tracing.ts";

it("gives what is inside as it is, and looks at nothing of a call, while nobody records", () => {
  const result = Promise.resolve<Result>({});
  const untouchable = new Proxy({}, { get: () => expect.unreachable() }) as unknown as Call;

  const returned = tracing()(untouchable, () => result);

  expect(returned).toBe(result);
});

it("adds nothing to what goes out while nobody records", () => {
  const carrier = { progressToken: 1 };

  injectTraceContext(carrier);

  expect(carrier).toEqual({ progressToken: 1 });
  expect(traceHeaders()).toEqual({});
});
