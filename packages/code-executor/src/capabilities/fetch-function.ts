import type { JsonValue } from "../protocol/json-value.ts";
import type { CallTarget } from "./call-router.ts";
import type { FetchedResponse, Fetcher } from "./capabilities.ts";
import { GuestError } from "./guest-error.ts";

/** The `fetch` capability: what the program passed as a request, and the response as a value of bounded size. */
export function fetchFunction(
  fetcher: Fetcher,
  { answerBytes, principal }: { readonly answerBytes: number; readonly principal: string | undefined },
): CallTarget {
  return async ([url, init], { signal }) => {
    if (typeof url !== "string") throw new GuestError("fetch needs a URL as text.");
    const { method, headers, body } = asRecord(init);
    const response = await fetcher.fetch(url, {
      signal,
      ...(principal === undefined ? {} : { principal }),
      ...(typeof method === "string" ? { method } : {}),
      ...(typeof body === "string" ? { body } : {}),
      ...(Array.isArray(headers) && headers.length > 0 ? { headers: toHeaders(headers) } : {}),
    });
    return {
      status: response.status,
      statusText: response.statusText ?? "",
      url: response.url ?? url,
      headers: [...response.headers].map(([name, value]) => [name.toLowerCase(), value]),
      text: await boundedText(response, answerBytes),
    };
  };
}

function asRecord(value: JsonValue | undefined): Record<string, JsonValue> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function toHeaders(pairs: readonly JsonValue[]): Record<string, string> {
  // Without a prototype, a header called __proto__ is a header like any other.
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const [name, value] = Array.isArray(pair) ? pair : [];
    if (typeof name === "string" && typeof value === "string") headers[name] = value;
  }
  return headers;
}

async function boundedText(response: FetchedResponse, most: number): Promise<string> {
  const tooLong = (): GuestError => new GuestError(`The response's body is longer than ${most} bytes.`);
  const { body } = response;
  if (body === null) return "";
  if (body === undefined) {
    const whole = await response.text();
    if (whole.length > most) throw tooLong();
    return whole;
  }
  const decoder = new TextDecoder();
  let [bytes, decoded] = [0, ""];
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop cancels the body.
    if (bytes > most) throw tooLong();
    decoded += decoder.decode(chunk, { stream: true });
  }
  return decoded + decoder.decode();
}
