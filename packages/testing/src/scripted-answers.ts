import type { CreateMessageResult, ElicitResult, Root } from "@modelcontextprotocol/client";
import type { Awaitable } from "@plinth/core";

/** An elicitation as a test sees it. */
export interface AskedForm {
  readonly message: string;
  /** The form's JSON Schema; `undefined` in URL mode. */
  readonly requestedSchema: Readonly<Record<string, unknown>> | undefined;
  /** The page to visit; `undefined` in form mode. */
  readonly url: string | undefined;
}

/** A sampling request as a test sees it. */
export interface AskedSample {
  readonly messages: readonly unknown[];
  readonly maxTokens: number;
  readonly systemPrompt?: string | undefined;
}

/** One answer to a form: content to accept with, `"decline"`, `"cancel"`, or the whole result. */
export type FormAnswer = Readonly<Record<string, unknown>> | "decline" | "cancel" | ElicitResult;

/** One answer of the client's model: its text, or the whole result. */
export type SampleAnswer = string | CreateMessageResult;

/**
 * Answers to what a server asks: a list used up in order, or a function. Without a script the client does not offer the
 * capability.
 */
export interface ScriptedAnswers {
  readonly elicit?: readonly FormAnswer[] | ((asked: AskedForm) => Awaitable<FormAnswer>);
  readonly sample?: readonly SampleAnswer[] | ((asked: AskedSample) => Awaitable<SampleAnswer>);
  readonly roots?: readonly Root[];
}

/**
 * Takes the next answer of a script.
 * @throws Error when a list is used up: the server asked more than the test expects
 */
export function answering<Asked, Answer>(
  kind: string,
  script: readonly Answer[] | ((asked: Asked) => Awaitable<Answer>),
): (asked: Asked) => Promise<Answer> {
  if (typeof script === "function") return async (asked) => script(asked);
  let next = 0;
  return async (asked) => {
    if (next >= script.length) {
      throw new Error(
        `The script has ${script.length} ${kind} answers, and the server asked again: ${JSON.stringify(asked)}`,
      );
    }
    return script[next++] as Answer;
  };
}

/** A form answer as it goes on the wire. */
export function toElicitResult(answer: FormAnswer): ElicitResult {
  if (answer === "decline" || answer === "cancel") return { action: answer };
  if (isWholeResult(answer)) return answer;
  return { action: "accept", content: { ...answer } as NonNullable<ElicitResult["content"]> };
}

/** A model's answer as it goes on the wire. */
export function toSampleResult(answer: SampleAnswer): CreateMessageResult {
  if (typeof answer !== "string") return answer;
  return { role: "assistant", model: "scripted", content: { type: "text", text: answer } };
}

function isWholeResult(answer: object): answer is ElicitResult {
  return "action" in answer && ["accept", "decline", "cancel"].includes(String(answer.action));
}
