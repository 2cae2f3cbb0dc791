/** Tokens that a model is likely to need for so many bytes of JSON. Tokenizers differ; four bytes a token is usual. */
export function estimatedTokens(bytes: number): number {
  return Math.ceil(bytes / 4);
}
