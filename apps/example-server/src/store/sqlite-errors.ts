import { KitError } from "@plinth/core";
import type { StackOptions } from "@plinth/platform";

/** Primary result codes of SQLite (its documentation, "Result and Error Codes") that pass by themselves, or by somebody's hand. */
const meanings: ReadonlyMap<number, readonly [message: string, retryAfterSeconds: number]> = new Map([
  [5, ["The database was busy; try again", 1]],
  [6, ["The database was busy; try again", 1]],
  [10, ["The database cannot be read or written now; try again later", 30]],
  [13, ["The server has run out of room for this; try again later", 30]],
]);

/** What SQLite says of a disk that is full or fails, and of a database that somebody else holds. */
export const sqliteErrors: NonNullable<StackOptions["errorRules"]>[number] = {
  match: (error) => meaningOf(error) !== undefined,
  to(error) {
    const [message, retryAfterSeconds] = meaningOf(error) ?? ["The database cannot be used now; try again later", 30];
    return new KitError("UNAVAILABLE", message, { cause: error, retryAfterSeconds });
  },
};

function meaningOf(error: unknown): readonly [string, number] | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  // The lowest byte: what stands above says more than is needed here.
  return meanings.get(error.errcode & 0xff);
}
