/** Conversations made up by chance, held on both lanes of stdio: the answers must be alike. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { onBothLanes } from "./fixtures/both-lanes.ts";
import type { Step } from "./fixtures/conversation.ts";
import {
  changingRequests,
  envelope,
  garbage,
  handshake,
  happenings,
  introduction,
  modern,
  notification,
  request,
  requests,
} from "./fixtures/moves.ts";
import { replies } from "./fixtures/replies.ts";

const anyId = fc.oneof(fc.nat(5), fc.constantFrom("", "0", "1", "constructor", "__proto__", -1, 2 ** 53 - 1));

/**
 * The keys of an envelope, left out or put wrong. No version that is not served: the official SDK serves it all the same
 * once it has served another, and what follows differs from then on.
 */
const wrongMeta = fc.oneof(
  fc.constantFrom<object>(
    { "io.modelcontextprotocol/protocolVersion": undefined },
    { "io.modelcontextprotocol/protocolVersion": 5 },
    { "io.modelcontextprotocol/clientCapabilities": undefined },
    { "io.modelcontextprotocol/clientCapabilities": { roots: true, sampling: { tools: 5 } } },
    { "io.modelcontextprotocol/clientInfo": undefined },
    { "io.modelcontextprotocol/clientInfo": { name: 5 } },
    { "io.modelcontextprotocol/logLevel": "loud" },
  ),
  fc
    .tuple(fc.constantFrom(...Object.keys(envelope)), fc.jsonValue({ maxDepth: 2 }))
    .filter(([key, value]) => !(key.endsWith("protocolVersion") && typeof value === "string"))
    .map(([key, value]) => ({ [key]: value })),
);

function asSent(picked: readonly (readonly [string, object])[]): fc.Arbitrary<Step> {
  return fc
    .record({
      id: anyId,
      picked: fc.constantFrom(...picked),
      era: fc.constantFrom("legacy", "modern", "modern", "legacy"),
      wrong: fc.option(wrongMeta, { freq: 6 }),
    })
    .map(({ id, picked: [method, params], era, wrong }) => {
      if (era === "legacy") return request(id, method, params);
      return modern(id, method, params, { ...(params as { _meta?: object })._meta, ...wrong });
    });
}

/** Requests of either era whose answers do not depend on what came before. */
const anyRequest: fc.Arbitrary<Step> = asSent(requests);

/** Any message at all, and anything that may happen. */
const anyMove: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: anyRequest },
  { weight: 5, arbitrary: asSent(changingRequests) },
  { weight: 2, arbitrary: fc.constantFrom(...happenings) },
  { weight: 2, arbitrary: fc.constantFrom(...garbage) },
  {
    weight: 2,
    arbitrary: fc
      .record({ requestId: anyId, reason: fc.constantFrom(undefined, "enough", 5), modern: fc.boolean() })
      .map(({ modern: isModern, ...params }) =>
        notification("notifications/cancelled", { ...params, ...(isModern && { _meta: envelope }) }),
      ),
  },
);

/** How connections begin. */
const anyOpening: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc.constant(handshake),
  fc.constantFrom<readonly Step[]>(
    [],
    [modern("probe", "server/discover")],
    [modern("probe", "server/discover"), modern("again", "server/discover"), ...handshake],
    [modern("probe", "server/discover"), notification("notifications/cancelled", { requestId: "x", _meta: envelope })],
    [modern("first", "tools/list")],
    [notification("notifications/cancelled", { requestId: "x", _meta: envelope })],
    [modern("hello", "initialize", introduction)],
    [request("first", "tools/list")],
    [modern("future", "server/discover", {}, { "io.modelcontextprotocol/protocolVersion": "2099-01-01" })],
  ),
);

const anyReply = fc.constantFrom(...Object.values(replies));

/** The same moves with an id for each request. */
function withOwnIds(steps: readonly Step[]): readonly Step[] {
  return steps.map((step, id) =>
    "send" in step && "id" in step.send ? { send: { ...step.send, id: `r${id}` } } : step,
  );
}

const seed = 20260728;

it("is alike step by step", { timeout: 120_000 }, async () => {
  const moves = fc.array(anyMove, { minLength: 3, maxLength: 12 });
  const conversations = fc.sample(fc.tuple(anyOpening, moves, anyReply), { numRuns: 600, seed });

  for (const [opening, following, reply] of conversations) {
    const { direct, sdk } = await onBothLanes([...opening, ...following], { reply, maxSubscriptions: 2 });

    expect(direct).toEqual(sdk);
  }
});

it("has the same answers when all is sent at once", { timeout: 120_000 }, async () => {
  const moves = fc.array(anyRequest, { minLength: 5, maxLength: 40 });
  const conversations = fc.sample(fc.tuple(anyOpening, moves), { numRuns: 200, seed });

  for (const [opening, following] of conversations) {
    const steps = withOwnIds([...opening, ...following]);
    const { direct, sdk } = await onBothLanes(steps, { pipelined: true, reply: replies.accepted });

    expect(direct).toEqual(sdk);
  }
});
