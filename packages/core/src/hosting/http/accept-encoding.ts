/** Content codings that answers can be sent in (RFC 9110 section 8.4.1, RFC 7932, RFC 8878). */
export type ContentEncoding = "zstd" | "br" | "gzip";

/** `codings [ weight ]` (RFC 9110 sections 12.5.3 and 12.4.2), with the optional white space that lists allow. */
const memberSyntax =
  /^[ \t]*([!#$%&'*+\-.^_`|~0-9a-z]+)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/i;

/**
 * Which coding to answer in, by what the client accepts (RFC 9110 section 12.5.3).
 *
 * @param accepted the `Accept-Encoding` header; what is malformed in it counts for nothing
 * @param offered in order of preference, which decides between what the client likes equally
 * @returns `undefined` to send the answer as it is. Also when the client accepts nothing that is offered and not even
 * that: a server may then send it all the same, and 406 would help nobody.
 */
export function chooseEncoding(
  accepted: string | undefined,
  offered: readonly ContentEncoding[],
): ContentEncoding | undefined {
  if (accepted === undefined) return undefined;
  const weights = toWeights(accepted);
  const others = weights.get("*") ?? 0;
  let best: ContentEncoding | undefined;
  let bestWeight = 0;
  for (const encoding of offered) {
    const weight = weights.get(encoding) ?? others;
    if (weight > bestWeight) [best, bestWeight] = [encoding, weight];
  }
  return bestWeight >= (weights.get("identity") ?? others) ? best : undefined;
}

/** By lower-cased name; the first of a name counts. `x-gzip` is another name of `gzip` (RFC 9110 section 8.4.1.3). */
function toWeights(accepted: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const member of accepted.split(",")) {
    const [, name, weight = "1"] = memberSyntax.exec(member) ?? [];
    if (name === undefined) continue;
    const lower = name.toLowerCase();
    const encoding = lower === "x-gzip" ? "gzip" : lower;
    if (!weights.has(encoding)) weights.set(encoding, Number(weight));
  }
  return weights;
}
