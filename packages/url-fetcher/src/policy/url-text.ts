import { failure } from "../errors/url-fetch-error.ts";

/** The getter of the platform, which no subclass and no instance overrides. */
// oxlint-disable-next-line typescript/unbound-method -- called on the object it is for
const href: ((this: unknown) => string) | undefined = Object.getOwnPropertyDescriptor(URL.prototype, "href")?.get;

/**
 * The text of a URL, read once: whatever the object says later is not asked.
 * @throws UrlFetchError `INVALID_URL` for anything but a string and a `URL`
 */
export function textOfUrl(url: unknown): string {
  if (typeof url === "string") return url;
  try {
    if (href !== undefined && url instanceof URL) return href.call(url);
  } catch {
    // An object that only says it is a URL.
  }
  throw failure("INVALID_URL", "The URL is neither a string nor a URL object", { reason: "url" });
}
