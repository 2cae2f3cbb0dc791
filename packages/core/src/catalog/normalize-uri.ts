/**
 * A URI as `new URL()` writes it (WHATWG URL), so that `http://Example.com:80` and `http://example.com/` are one
 * resource. `undefined` when it is no absolute URI.
 */
export function normalizeUri(uri: string): URL | undefined {
  return URL.parse(uri) ?? undefined;
}
