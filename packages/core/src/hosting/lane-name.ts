/** Who speaks the protocol: Plinth itself, or the official SDK. Both answer alike. */
export type LaneName = "direct" | "sdk";

/** Both lanes. */
export const laneNames: readonly LaneName[] = ["direct", "sdk"];
