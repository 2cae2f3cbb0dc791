/** What one round of one subject has measured, by metric. */
export type Sample = Readonly<Record<string, number>>;

/** A subject that is up and was found to answer well. */
export interface OpenSubject extends AsyncDisposable {
  /** Bytes of its checked answer, when it has one. */
  readonly answerBytes?: number;
  warmUp(): Promise<void>;
  round(): Promise<Sample>;
}

/** Something to measure: one contestant at one case. */
export interface Subject {
  /** For the progress line. */
  readonly label: string;
  /** @throws Error with the reason when it cannot be measured */
  open(): Promise<OpenSubject>;
}

/** What came of a subject: its rounds in order, or why it has none. */
export type Outcome =
  | { readonly samples: readonly Sample[]; readonly answerBytes?: number }
  | { readonly reason: string };

/** Options for {@link measureInRotation}. */
export interface RotationOptions {
  readonly rounds: number;
  /** Told what is about to run. */
  readonly onStep?: (text: string) => void;
}

/**
 * Opens all subjects, warms each up, and measures them round by round in turns, each round starting one further: what
 * slows the machine down for a while hits all of them, and no one is always first. A subject that fails gets a reason
 * and is left out from then on.
 */
export async function measureInRotation<Item extends Subject>(
  subjects: readonly Item[],
  { rounds, onStep = () => undefined }: RotationOptions,
): Promise<Map<Item, Outcome>> {
  const samples = new Map<Item, Sample[]>(subjects.map((subject) => [subject, []]));
  const reasons = new Map<Item, string>();
  const open = new Map<Item, OpenSubject>();

  async function attempt(subject: Item, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      reasons.set(subject, error instanceof Error ? error.message : String(error));
      await open.get(subject)?.[Symbol.asyncDispose]();
    }
  }

  for (const subject of subjects) {
    onStep(`${subject.label}: starting`);
    await attempt(subject, async () => {
      const opened = await subject.open();
      open.set(subject, opened);
      await opened.warmUp();
    });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of rotate(subjects, round)) {
      const opened = open.get(subject);
      if (opened === undefined || reasons.has(subject)) continue;
      onStep(`${subject.label}: round ${round + 1} of ${rounds}`);
      await attempt(subject, async () => void samples.get(subject)?.push(await opened.round()));
    }
  }
  const stillOpen = [...open].filter(([subject]) => !reasons.has(subject));
  await Promise.all(stillOpen.map(([, opened]) => opened[Symbol.asyncDispose]()));

  return new Map(
    subjects.map((subject): [Item, Outcome] => {
      const reason = reasons.get(subject);
      const answerBytes = open.get(subject)?.answerBytes;
      if (reason !== undefined) return [subject, { reason }];
      return [subject, { samples: samples.get(subject) ?? [], ...(answerBytes !== undefined && { answerBytes }) }];
    }),
  );
}

function rotate<Item>(items: readonly Item[], places: number): Item[] {
  const start = items.length === 0 ? 0 : places % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
