import type { CreateMessageRequestParamsBase, CreateMessageResult, Root } from "@modelcontextprotocol/server";
import type { Awaitable } from "../definitions/awaitable.ts";
import type { Schema, SchemaOutput } from "../definitions/schema.ts";

/** What all questions to the client share. */
export interface AskOptions {
  /**
   * Names the question within the call, so that an answer finds it when the handler runs again. Needed only where the
   * order of questions varies from run to run. @default its kind and position, for example `elicit-1`
   */
  readonly key?: string;
}

/** A question to the user with a form. */
export interface ElicitFormOptions<Form extends Schema> extends AskOptions {
  /** What the user reads. */
  readonly message: string;
  /** The form: a flat object of strings, numbers, booleans and enumerations (MCP, elicitation, form mode). */
  readonly schema: Form;
}

/** A request to the user to visit a page, for what must not pass through the client (MCP, elicitation, URL mode). */
export interface ElicitUrlOptions extends AskOptions {
  readonly message: string;
  readonly url: string;
}

/** What the user did: filled the form in, said no, or closed it. */
export type Elicited<Content> =
  | { readonly action: "accept"; readonly content: Content }
  | { readonly action: "decline" }
  | { readonly action: "cancel" };

/**
 * A request for a completion from the client's model. Deprecated by MCP 2026-07-28, works until at least 2027-07-28.
 */
export interface SampleOptions extends CreateMessageRequestParamsBase, AskOptions {}

/** Asks the user: with a form, or to visit a page. See {@link ClientInput.elicit}. */
export interface Elicit {
  <Form extends Schema>(options: ElicitFormOptions<Form>): Promise<Elicited<SchemaOutput<Form>>>;
  (options: ElicitUrlOptions): Promise<Elicited<undefined>>;
}

/**
 * Questions to the client in the middle of a call. The author writes one code path for both eras.
 *
 * In the legacy era the question goes out on the open session and the promise waits. In the modern era a call is
 * stateless: the first question without an answer ends the call with `InputRequiredResult`, the client calls again with
 * the answers, the handler runs again from its start, and now the same question returns (MCP 2026-07-28, multi round
 * trip requests). So a handler must ask the same questions in the same order on each run, and wrap side effects that
 * come before a question in {@link once}. Several questions asked in one `Promise.all` travel in one round.
 */
export interface ClientInput {
  /**
   * Asks the user. A modern client whose answer does not fit the schema is asked again.
   *
   * @throws KitError `CLIENT_CAPABILITY_MISSING` when the client cannot ask (`FAILED` in the legacy era, which has no
   * number for it), `MISUSE` when the schema is no form or the operation may not ask, and from a legacy client
   * `INVALID_ARGUMENTS` when its answer does not fit, `FAILED` when it answers with an error, `TIMEOUT` when it takes
   * too long
   */
  readonly elicit: Elicit;
  /** Asks the client's model. @throws KitError as {@link elicit} */
  readonly sample: (options: SampleOptions) => Promise<CreateMessageResult>;
  /** Asks for the client's root folders. @throws KitError as {@link elicit} */
  readonly roots: (options?: AskOptions) => Promise<readonly Root[]>;
  /**
   * Runs `work` once per call, however often the handler runs: its result travels in the sealed request state, so it
   * must survive JSON and be small. Work that fails is not remembered. Runs of one key that overlap share the work.
   *
   * A client that repeats a round, for example after a lost response, repeats the work that came after its question.
   * What must never happen twice needs a record on the server, for example a unique key in the database.
   *
   * @throws KitError `MISUSE` when JSON cannot carry the result, or whatever `work` throws
   */
  readonly once: <T>(key: string, work: () => Awaitable<T>) => Promise<T>;
}
