/** A known vulnerability that is let pass for a while. */
export interface AllowedAdvisory {
  /** Such as `GHSA-aaaa-bbbb-cccc`. */
  readonly id: string;
  /** Why it cannot be reached through Plinth, or what stands against it. */
  readonly why: string;
  /** The day from which it counts again, such as `2027-01-31`; at most 90 days ahead. */
  readonly until: string;
}

/** None at present. An entry is a decision with an end: it is looked at anew, or the dependency has been updated by then. */
export const allowedAdvisories: readonly AllowedAdvisory[] = [];
