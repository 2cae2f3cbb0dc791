/** What a call knows from its earlier rounds. It travels in the sealed request state, through the client's hands. */
export interface InputMemory {
  /** Results of `once`, by key. A name space of its own. */
  readonly results: Map<string, unknown>;
  /** What the client sent, by question key, with the digest of the question that it answered. */
  readonly answers: Map<string, RememberedAnswer>;
  /** The questions that the last round left open, by key, as digests; `undefined` in a call that brings no state. */
  readonly asked: ReadonlyMap<string, string> | undefined;
}

/** An answer, as the client sent it, and the digest of its question. */
export interface RememberedAnswer {
  readonly question: string;
  readonly sent: unknown;
}

// Entries and not objects: any text is a key, `__proto__` too. A result that is `undefined` is an entry without a
// value.
type SealedMemory = readonly [
  results: readonly (readonly [key: string, value?: unknown])[],
  answers: readonly (readonly [key: string, question: string, sent: unknown])[],
  asked: readonly (readonly [key: string, question: string])[],
];

/** The memory of a call that brings no state. */
export function emptyMemory(): InputMemory {
  return { results: new Map(), answers: new Map(), asked: undefined };
}

/** Reads what {@link toSealedMemory} wrote. The seal guarantees that nobody else did. */
export function fromSealedMemory(payload: unknown): InputMemory {
  const [results, answers, asked] = payload as SealedMemory;
  return {
    results: new Map(results.map(([key, value]) => [key, value])),
    answers: new Map(answers.map(([key, question, sent]) => [key, { question, sent }])),
    asked: new Map(asked),
  };
}

/** Writes a memory for the next round, which will bring answers to the questions `asked` now. */
export function toSealedMemory({ results, answers }: InputMemory, asked: ReadonlyMap<string, string>): unknown {
  return [
    [...results].map(([key, value]) => (value === undefined ? [key] : [key, value])),
    [...answers].map(([key, { question, sent }]) => [key, question, sent]),
    [...asked],
  ] satisfies SealedMemory;
}
