export {
  connectClient,
  type ConnectClientOptions,
  type ConnectedClient,
  type Received,
  type ReceivedLog,
} from "./connect-client.ts";
export { faithfulPair, type FaithfulPair } from "./faithful-pair.ts";
export { fakeClock, type FakeClock } from "./fake-clock.ts";
export { throughJson, UnfaithfulMessageError } from "./through-json.ts";
export { watchLeaks, type LeakWatch } from "./watch-leaks.ts";
export { installMatchers, type ToolMatchers } from "./matchers.ts";
export { runMatrix, type MatrixCell, type MatrixOptions } from "./matrix.ts";
export type { AskedForm, AskedSample, FormAnswer, SampleAnswer, ScriptedAnswers } from "./scripted-answers.ts";
export {
  createTestClient,
  type ReceivedProgress,
  type TestCallOptions,
  type TestClient,
  type TestClientOptions,
  type ToolAnswer,
} from "./test-client.ts";
export { rateLimitStoreContract, type OpenRateLimitStore } from "./store-contracts/rate-limit-store-contract.ts";
export { cacheStoreContract, type OpenCacheStore } from "./store-contracts/cache-store-contract.ts";
export { idempotencyStoreContract, type OpenIdempotencyStore } from "./store-contracts/idempotency-store-contract.ts";
