import type { DoctorSettings } from "./doctor-options.ts";
import type { Examination, ExaminedComponent } from "./examine.ts";
import type { Severity } from "./finding.ts";

/** What a rule saw in one place. */
export interface Observation {
  /** @default the server as a whole */
  readonly component?: ExaminedComponent;
  readonly message: string;
  /** @default the rule's */
  readonly severity?: Severity;
}

/** One anti-pattern. The texts are those of the reference page. */
export interface Rule {
  /** Stable; in kebab-case, the name of the rule's file. */
  readonly id: string;
  readonly severity: Severity;
  /** What it finds, as a phrase. */
  readonly finds: string;
  /** Why that matters, and how it is told from what is fine. */
  readonly why: string;
  readonly remedy: string;
  /** Where the facts are from that are not Plinth's own. */
  readonly sources?: readonly string[];
  /** Looks at everything once, in time that grows with the catalog. */
  readonly check: (
    examination: Examination,
    settings: DoctorSettings,
  ) => Iterable<Observation> | AsyncIterable<Observation>;
}
