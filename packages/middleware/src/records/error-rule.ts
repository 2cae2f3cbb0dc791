import type { Call, KitError } from "@plinth/core";

/** What one kind of error means to clients. */
export interface ErrorRule {
  /** Whether an error is of this kind. Gets whatever was thrown. */
  readonly match: (error: unknown, call: Call) => boolean;
  /**
   * What clients get instead. **Security:** write its text yourself; that of a library may hold paths, addresses and
   * credentials.
   */
  readonly to: (error: unknown, call: Call) => KitError;
}
