import { createRequire } from "node:module";
import type * as Cockatiel from "cockatiel";

let loaded: typeof Cockatiel | undefined;

/**
 * The library of backoff and breakers, with the first failure: it takes 6 ms to load, and most servers start long before they
 * need it. At once and not by `import()`, so that no failure has to wait to be counted.
 */
export function loadCockatiel(): typeof Cockatiel {
  return (loaded ??= createRequire(import.meta.url)("cockatiel") as typeof Cockatiel);
}
