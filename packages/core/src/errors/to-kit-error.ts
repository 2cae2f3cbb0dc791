import { errorCodes } from "./error-codes.ts";
import { KitError } from "./kit-error.ts";
import { toError } from "./to-error.ts";

/**
 * Any thrown value as a {@link KitError}: known ones pass, all else becomes a masked `INTERNAL` with its cause. Never
 * throws, whatever it is given: an error while handling an error would reach the client unmasked.
 */
export function toKitError(thrown: unknown): KitError {
  try {
    // Another copy of this package may be newer, and have codes that this one has no table entry for.
    if (KitError.isInstance(thrown) && Object.hasOwn(errorCodes, thrown.code)) return thrown;
    return new KitError("INTERNAL", toError(thrown).message, { cause: thrown });
  } catch {
    // A getter that throws, an object without a prototype, a revoked proxy.
    return new KitError("INTERNAL", "Something was thrown that cannot be read as an error", { cause: thrown });
  }
}
