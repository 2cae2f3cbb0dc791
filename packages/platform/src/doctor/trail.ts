/** Where something stands in a document: its last step, and the way to that. Written out only when a finding needs it. */
export interface Trail {
  readonly key: string;
  readonly parent: Trail | undefined;
}

/** The most steps of a trail that stand in a message. */
const maxSteps = 12;

/** A trail as `inputSchema.properties.filters`; the middle of a long one is left out. */
export function trailText(trail: Trail): string {
  const steps: string[] = [];
  for (let at: Trail | undefined = trail; at !== undefined && steps.length < maxSteps; at = at.parent) {
    steps.unshift(at.key);
  }
  const begins = trailDepth(trail) > maxSteps ? "..." : "";
  return `${begins}${steps.join(".")}`;
}

function trailDepth(trail: Trail): number {
  let depth = 0;
  for (let at: Trail | undefined = trail; at !== undefined && depth <= maxSteps; at = at.parent) depth += 1;
  return depth;
}

/** Where a value of a schema stands in the value, as `filters[].column`; alternatives have the same place. */
export function valuePath(trail: Trail): string {
  const steps: string[] = [];
  let at: Trail | undefined = trail;
  while (at?.parent !== undefined && steps.length < maxSteps) {
    const { key, parent }: Trail = at;
    // A member may be called "items"; then it stands in "properties".
    const isMember: boolean = parent?.key === "properties" && parent.parent !== undefined;
    if (isMember) steps.unshift(`.${key}`);
    else if (key === "items") steps.unshift("[]");
    else if (key === "additionalProperties") steps.unshift(".*");
    at = isMember ? parent?.parent : parent;
  }
  const begins = at?.parent === undefined ? "" : "...";
  return `${begins}${steps.join("").replace(/^\./, "")}`;
}
