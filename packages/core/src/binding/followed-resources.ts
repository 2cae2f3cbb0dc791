import { normalizeUri } from "../catalog/normalize-uri.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";

/** Resources that one connection may follow; its client decides how many, so somebody has to end it. */
const maxResources = 1_024;

/** Characters that a followed URI may have. No template matches a longer one either. */
const maxUriLength = 16_384;

/** The resources whose changes one legacy connection wants to hear of (MCP 2025-11-25, resources, subscriptions). */
export class FollowedResources {
  readonly #uris = new Set<string>();

  /** @throws KitError `INVALID_PARAMS` for what is no URI, `RATE_LIMITED` beyond 1,024 */
  follow(uri: unknown): void {
    const key = keyOf(uri);
    if (this.#uris.size >= maxResources && !this.#uris.has(key)) {
      throw new KitError(
        "RATE_LIMITED",
        `This connection follows ${maxResources} resources already; unsubscribe from some`,
      );
    }
    this.#uris.add(key);
  }

  /** @throws KitError `INVALID_PARAMS` for what is no URI */
  unfollow(uri: unknown): void {
    this.#uris.delete(keyOf(uri));
  }

  /** Whether it is followed, under any spelling. */
  has(uri: string): boolean {
    return this.#uris.has(normalizeUri(uri)?.href ?? uri);
  }
}

function keyOf(uri: unknown): string {
  const url = typeof uri === "string" && uri.length <= maxUriLength ? normalizeUri(uri) : undefined;
  if (url !== undefined) return url.href;
  throw new KitError(
    "INVALID_PARAMS",
    `params.uri must be an absolute URI of at most ${maxUriLength} characters; got ${quote(uri)}`,
  );
}
