import { createHash } from "node:crypto";
import type { CreateMessageResult, Root } from "@modelcontextprotocol/server";
import { abortable } from "../async/abortable.ts";
import { quiet } from "../async/quiet.ts";
import type { Awaitable } from "../definitions/awaitable.ts";
import type { Schema, SchemaOutput } from "../definitions/schema.ts";
import { KitError } from "../errors/kit-error.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { isRecord } from "../json/is-record.ts";
import { toPlainData } from "../json/plain-data.ts";
import type { Incoming } from "../protocol/incoming.ts";
import { assertAskable, askingMethods } from "./assert-askable.ts";
import type {
  AskOptions,
  ClientInput,
  Elicited,
  ElicitFormOptions,
  ElicitUrlOptions,
  SampleOptions,
} from "./client-input.ts";
import { emptyMemory, fromSealedMemory, toSealedMemory, type InputMemory } from "./input-memory.ts";
import { askOnOpenExchange } from "./open-exchange.ts";
import { formQuestion, rootsQuestion, sampleQuestion, urlQuestion, type Question } from "./question.ts";
import { stateBindingOf, type StateBinding, type StateSealer } from "./request-state.ts";
import { Stopwatch } from "./stopwatch.ts";

/** Options for {@link CallInput}. */
export interface CallInputOptions {
  readonly sealer: StateSealer;
  /** Milliseconds a legacy client may take to answer a question. */
  readonly timeoutMs: number;
  /** The tenant that a state is sealed for. @default that of the principal */
  readonly tenant?: () => string | undefined;
}

/**
 * The result that ends a round: what the client is to find out before it calls again (MCP 2026-07-28,
 * `InputRequiredResult`).
 */
export interface InputRequired extends Record<string, unknown> {
  readonly resultType: "input_required";
  readonly inputRequests: Readonly<Record<string, Pick<Question<unknown>, "method" | "params">>>;
  readonly requestState: string;
}

/**
 * Ends a handler whose question has no answer yet. The dispatcher looks at {@link CallInput.pending}, never at this.
 */
class InputRequiredSignal extends Error {
  override readonly name = "InputRequiredSignal";

  constructor() {
    super("The call goes on when the client has answered; let this error pass");
  }
}

/** One run of the handler. */
interface Run {
  /** What was asked in this run, so that one key is one question. */
  readonly asked: Map<string, { readonly digest: string; readonly answer: Promise<unknown> }>;
  /** Of these, what the client has yet to answer. */
  readonly open: Map<string, { readonly digest: string; readonly question: Question<unknown> }>;
  /** Unnamed questions so far, by kind. */
  readonly counts: Record<Question<unknown>["kind"], number>;
  /** Set when the round was sealed: work that begins now would be forgotten, and done again. */
  closed: boolean;
}

/** The questions and remembered work of one call. Nothing is made until the first question or `once`. */
export class CallInput implements ClientInput {
  readonly #incoming: Incoming;
  readonly #options: CallInputOptions;
  /** Work and reading that a seal must wait for. */
  readonly #underway = new Set<Promise<unknown>>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #waiting = new Stopwatch();
  #memory: InputMemory | undefined;
  #asked = false;
  #run: Run = newRun();

  constructor(incoming: Incoming, options: CallInputOptions) {
    this.#incoming = incoming;
    this.#options = options;
  }

  /**
   * To be called before each run of the handler: opens the state of a retried call, and counts questions from the
   * start.
   *
   * @throws KitError `INVALID_REQUEST_STATE` when the client's state is not ours, not for this call, or expired
   */
  begin(): void {
    this.#run = newRun();
    this.#remember();
  }

  /** Whether the handler has asked anything. */
  get asked(): boolean {
    return this.#asked;
  }

  /** Milliseconds that it has waited for answers on the open exchange, those of an open question included. */
  get waitedMs(): number {
    return this.#waiting.elapsedMs;
  }

  /**
   * To be called when the handler has settled, however it did: the answer that asks the client, if a question is open.
   * It waits for `once` work that is still going, so that what was done is remembered.
   */
  pending(): Promise<InputRequired> | undefined {
    return this.#run.open.size === 0 ? undefined : this.#seal();
  }

  elicit<Form extends Schema>(
    options: ElicitFormOptions<Form>,
    signal?: AbortSignal,
  ): Promise<Elicited<SchemaOutput<Form>>>;
  elicit(options: ElicitUrlOptions, signal?: AbortSignal): Promise<Elicited<undefined>>;
  elicit(
    options: ElicitFormOptions<Schema> | ElicitUrlOptions,
    signal: AbortSignal = this.#incoming.signal,
    // `any`: which content comes with which options is for the two signatures above to say.
  ): Promise<Elicited<any>> {
    return this.#ask<Elicited<unknown>>(
      () => ("url" in options ? urlQuestion(options) : formQuestion(options)),
      options,
      signal,
    );
  }

  sample(options: SampleOptions, signal: AbortSignal = this.#incoming.signal): Promise<CreateMessageResult> {
    return this.#ask(() => sampleQuestion(options), options, signal);
  }

  roots(options: AskOptions = {}, signal: AbortSignal = this.#incoming.signal): Promise<readonly Root[]> {
    return this.#ask(() => rootsQuestion(), options, signal);
  }

  once<T>(key: string, work: () => Awaitable<T>): Promise<T> {
    return quiet(this.#once(key, work));
  }

  async #once<T>(key: string, work: () => Awaitable<T>): Promise<T> {
    const { results } = this.#remember();
    if (!results.has(key)) {
      if (this.#run.closed) throw new InputRequiredSignal();
      await (this.#working.get(key) ?? this.#work(key, work));
    }
    // A copy for each caller: what is sealed must be what the work gave, whatever the handler does to it.
    return structuredClone(results.get(key)) as T;
  }

  #work(key: string, work: () => unknown): Promise<void> {
    const { results } = this.#remember();
    const done = Promise.resolve()
      .then(work)
      .then((value) => {
        results.set(key, toPlainData(value, `The result of once(${JSON.stringify(key)})`));
      })
      .finally(() => this.#working.delete(key));
    this.#working.set(key, done);
    return this.#track(done);
  }

  #ask<Answer>(build: () => Question<Answer>, { key }: AskOptions, signal: AbortSignal): Promise<Answer> {
    // Nothing is awaited on the way to the open question, so all that are asked together are known when one ends the
    // handler.
    const asking = async (): Promise<Answer> => {
      this.#asked = true;
      const question = build();
      assertAskable(question, this.#incoming);
      const run = this.#run;
      const name = key ?? `${question.kind}-${++run.counts[question.kind]}`;
      const digest = digestOf(question);
      const earlier = run.asked.get(name);
      if (earlier !== undefined && earlier.digest !== digest) {
        throw new KitError(
          "MISUSE",
          `Two questions of one call have the key ${JSON.stringify(name)}; give each its own`,
        );
      }
      if (earlier !== undefined) return earlier.answer as Promise<Answer>;
      const answer = this.#track(this.#answer(question, { run, name, digest, signal }));
      run.asked.set(name, { digest, answer });
      return answer;
    };
    // A handler may ask twice and await once.
    return quiet(asking());
  }

  async #answer<Answer>(question: Question<Answer>, { run, name, digest, signal }: Asking): Promise<Answer> {
    const { answers, asked } = this.#remember();
    const known = answers.get(name);
    const { era, inputResponses } = this.#incoming;
    const requestClient = era === "legacy" ? this.#incoming.requestClient : undefined;
    let sent: unknown;
    if (known?.question === digest) {
      sent = known.sent;
    } else if (requestClient !== undefined) {
      const { timeoutMs } = this.#options;
      sent = await this.#waiting.during(() => askOnOpenExchange(question, { requestClient, signal, timeoutMs }));
    } else if (asked === undefined || asked.get(name) === digest) {
      // Answers without a state count: the state is optional on the wire, and says nothing about an answer but which
      // question it was for. With a state, only what was asked is answered.
      sent = memberOf(inputResponses, name);
    }

    // The handler gets a copy: what is sealed must be what the client sent.
    const read = question.read(structuredClone(sent));
    const reading = read instanceof Promise ? await read : read;
    if (reading.ok) {
      answers.set(name, { question: digest, sent });
      return reading.answer;
    }
    if (requestClient !== undefined) {
      throw new KitError(
        "INVALID_ARGUMENTS",
        `The client's answer to ${question.method} does not fit: ${reading.problem}`,
      );
    }
    run.open.set(name, { digest, question });
    throw new InputRequiredSignal();
  }

  async #seal(): Promise<InputRequired> {
    const run = this.#run;
    // Looking and closing are one step: nothing can begin between them and be forgotten.
    while (this.#underway.size > 0) {
      await abortable(() => Promise.allSettled(this.#underway), this.#incoming.signal);
    }
    run.closed = true;
    const asked = new Map([...run.open].map(([name, { digest }]) => [name, digest]));
    const requests = [...run.open].map(([name, { question }]) => {
      return [name, { method: question.method, params: question.params }] as const;
    });
    return {
      resultType: "input_required",
      inputRequests: Object.fromEntries(requests),
      requestState: this.#options.sealer.seal(toSealedMemory(this.#remember(), asked), this.#binding()),
    };
  }

  #binding(): StateBinding {
    const { tenant = () => this.#incoming.principal?.tenant } = this.#options;
    return stateBindingOf(this.#incoming, tenant());
  }

  #remember(): InputMemory {
    return (this.#memory ??= this.#recall());
  }

  #recall(): InputMemory {
    const { requestState, method } = this.#incoming;
    if (requestState === undefined || !askingMethods.has(method)) return emptyMemory();
    return fromSealedMemory(this.#options.sealer.unseal(requestState, this.#binding()));
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underway.add(work);
    const forget = (): void => void this.#underway.delete(work);
    work.then(forget, forget);
    return work;
  }
}

interface Asking {
  readonly run: Run;
  readonly name: string;
  readonly digest: string;
  readonly signal: AbortSignal;
}

function newRun(): Run {
  return { asked: new Map(), open: new Map(), counts: { elicit: 0, sample: 0, roots: 0 }, closed: false };
}

/** Short: it tells a question from another one under the same key, and the seal protects it. */
function digestOf({ method, params }: Question<unknown>): string {
  return createHash("sha256")
    .update(canonicalJson([method, params]))
    .digest("base64url")
    .slice(0, 16);
}

function memberOf(record: unknown, name: string): unknown {
  return isRecord(record) && Object.hasOwn(record, name) ? record[name] : undefined;
}
