import { isDeepStrictEqual } from "node:util";
import { allowedDifferences } from "./allowed-differences.ts";
import type { LaneCase } from "./corpus/lane-case.ts";
import type { LaneAnswer } from "./lane-answer.ts";
import { openSession, type LaneHosts } from "./lane-hosts.ts";

/** What came of one case. */
export interface Comparison {
  readonly case: LaneCase;
  /** Ids of the allowed differences that it shows. */
  readonly allowed: readonly string[];
  /** What is left of both answers where no allowed difference explains it. */
  readonly difference: { readonly direct: LaneAnswer; readonly sdk: LaneAnswer } | undefined;
}

/**
 * Sends each case to both lanes, several at once, and compares; gives the outcomes in the order of the cases. What goes to
 * an open session is sent alone: ids must differ within one, and those of the cases do not.
 */
export async function compareLanes(
  hosts: LaneHosts,
  cases: readonly LaneCase[],
  { concurrency = 12 }: { readonly concurrency?: number } = {},
): Promise<readonly Comparison[]> {
  const outcomes: Comparison[] = [];
  const numbered = [...cases.entries()];
  const isInSession = ([, { request }]: (typeof numbered)[number]): boolean =>
    request.headers.some(([, value]) => value === openSession);
  const work = async (queue: Iterator<(typeof numbered)[number]>): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      const [at, laneCase] = next.value;
      outcomes[at] = await compareCase(hosts, laneCase);
    }
  };
  const together = numbered.filter((entry) => !isInSession(entry)).values();
  await Promise.all(Array.from({ length: concurrency }, () => work(together)));
  await work(numbered.filter(isInSession).values());
  return outcomes;
}

/** Sends one case to both lanes and compares. */
async function compareCase(hosts: LaneHosts, laneCase: LaneCase): Promise<Comparison> {
  const pair = await hosts.compare(laneCase.host, laneCase.request);
  const allowed: string[] = [];
  let { direct, sdk } = pair;
  for (const { id, reconcile } of allowedDifferences) {
    if (isDeepStrictEqual(direct, sdk)) break;
    const reconciled = reconcile({ direct, sdk }, laneCase);
    if (reconciled === undefined) continue;
    ({ direct, sdk } = reconciled);
    allowed.push(id);
  }
  const isAlike = isDeepStrictEqual(direct, sdk);
  return { case: laneCase, allowed: isAlike ? allowed : [], difference: isAlike ? undefined : { direct, sdk } };
}
