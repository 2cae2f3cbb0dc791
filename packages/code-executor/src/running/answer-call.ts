import type { CallRouter } from "../capabilities/call-router.ts";
import type { CompleteLimits } from "../limits.ts";
import type { JsonValue } from "../protocol/json-value.ts";
import type { AnswerMessage, ChildMessage } from "../protocol/messages.ts";
import { parseJson } from "../protocol/parse-json.ts";
import { withoutControls } from "./collected-output.ts";

/** What {@link answerCall} needs besides the call. */
export interface CallSetting {
  readonly router: CallRouter;
  readonly limits: CompleteLimits;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Runs one call of a program and gives what to send back; never rejects. */
export async function answerCall(
  { id, kind, name, args: json }: ChildMessage & { readonly type: "call" },
  { router, limits, signal, onError }: CallSetting,
): Promise<AnswerMessage> {
  const refuse = (error: string): AnswerMessage => ({ type: "answer", id, ok: false, error });
  const label = withoutControls(kind === "tools" || kind === "files" ? `${kind}.${name}` : name).slice(0, 200);
  const target = router.find(kind, name);
  if (target === undefined) return refuse(`This run was not given ${label}.`);
  if (Buffer.byteLength(json) > limits.argumentBytes) {
    return refuse(`The arguments of ${label} are longer than ${limits.argumentBytes} bytes.`);
  }
  let args: JsonValue;
  try {
    args = parseJson(json, limits.depth);
  } catch (error) {
    return refuse(`The arguments of ${label} cannot be used: ${(error as Error).message}.`);
  }
  if (!Array.isArray(args)) return refuse(`The arguments of ${label} are no list.`);
  let answer: string | undefined;
  try {
    answer = JSON.stringify(await target(args, { signal }));
  } catch (error) {
    const shown = exposedMessage(error);
    if (shown !== undefined) return refuse(shown.slice(0, 4_000));
    if (!signal.aborted) onError(error);
    return refuse(`${label} failed.`);
  }
  if (answer === undefined) return { type: "answer", id, ok: true };
  if (Buffer.byteLength(answer) > limits.answerBytes) {
    return refuse(`The answer of ${label} is longer than ${limits.answerBytes} bytes.`);
  }
  return { type: "answer", id, ok: true, json: answer };
}

/** What marks the errors of our other packages, all of whose text may be shown to a client. */
const clientBrands: readonly symbol[] = [
  Symbol.for("@plinth/file-operations/FileError"),
  Symbol.for("@plinth/url-fetcher/UrlFetchError"),
];

/** The message of an error that was made for clients; `expose` marks it, here and in `@plinth/core`. */
function exposedMessage(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const marks = error as { readonly expose?: unknown; readonly message?: unknown } & Record<symbol, unknown>;
  if (marks.expose !== true && !clientBrands.some((brand) => marks[brand] === true)) return undefined;
  return typeof marks.message === "string" ? marks.message : undefined;
}
