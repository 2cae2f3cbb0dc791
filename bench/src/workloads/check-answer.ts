import { orderSample } from "./order-sample.ts";
import { reportText } from "./report-text.ts";
import { messageOf } from "./request.ts";
import { describeOrder, progressReports } from "./tools.ts";
import { calledToolName, echoName, type Workload } from "./workload.ts";

/** An answer as it came over HTTP; over stdio it is a 200 of JSON lines. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A JSON-RPC message of a server, as far as the checks look. */
interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: {
    readonly content?: readonly { readonly type: string; readonly text?: string }[];
    readonly isError?: boolean;
    readonly tools?: readonly { readonly name: string; readonly inputSchema?: { readonly type?: string } }[];
  };
}

/**
 * Checks a whole answer: status, JSON-RPC id, the result's content, and the notifications before it.
 *
 * @throws Error that says what is wrong, with the head of the answer
 */
export function checkAnswer(answer: Answer, { id, workload }: { id: number; workload: Workload }): void {
  const refuse = (why: string): never => {
    throw new Error(`${why}; it answered ${answer.status}: ${answer.body.slice(0, 300)}`);
  };
  if (answer.status !== 200) refuse(`expected status 200`);
  const messages = messagesOf(answer);
  const last = messages.at(-1);
  if (last?.id !== id) refuse(`expected a response with id ${id}`);
  if (last?.result === undefined || last.result.isError === true) refuse("expected a result");
  const notifications = messages.filter(({ method }) => method === "notifications/progress").length;
  if (notifications !== notificationsOf(workload)) {
    refuse(`expected ${notificationsOf(workload)} progress notifications, got ${notifications}`);
  }
  if (workload.operation === "list") {
    const names = last?.result?.tools
      ?.filter(({ inputSchema }) => inputSchema?.type === "object")
      .map(({ name }) => name);
    const expected = expectedNames(workload);
    const isComplete = names?.toSorted().join() === expected.toSorted().join();
    if (!isComplete) refuse(`expected ${expected.length} tools with a schema`);
  } else {
    const [block, ...others] = last?.result?.content ?? [];
    if (block?.text !== expectedText(workload, id) || others.length > 0) refuse("expected other content");
  }
}

/**
 * Makes the check that every answer under load goes through. It looks for the id and the content in the text instead of
 * parsing it: parsing would cost the generator more than the fastest servers need, and the whole answer of this server
 * was checked before.
 *
 * @param whole The answer that {@link checkAnswer} has passed, for the length of the same answer to another id.
 */
export function createQuickCheck(
  workload: Workload,
  whole: Answer,
): (status: number, body: string, id: number) => boolean {
  const notifications = notificationsOf(workload);
  const carriesMessage =
    workload.operation === "call" && (workload.called === "echo" || workload.called === "run_task");
  return (status, body, id) =>
    status === 200 &&
    body.includes(`"id":${id}`) &&
    (carriesMessage ? body.includes(messageOf(id)) : Math.abs(body.length - whole.body.length) <= lengthSlack) &&
    (notifications === 0 || body.split('"notifications/progress"').length === notifications + 1);
}

/** Event ids and chunk headers of some servers vary in length from answer to answer. */
const lengthSlack = 64;

function messagesOf({ contentType, body }: Answer): Message[] {
  if (!contentType.startsWith("text/event-stream")) {
    return body
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as Message);
  }
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:") && line.length > 6)
    .map((line) => JSON.parse(line.slice(5)) as Message);
}

function notificationsOf({ operation, called }: Workload): number {
  return operation === "call" && called === "run_task" ? progressReports : 0;
}

function expectedNames(workload: Workload): string[] {
  const { called, tools } = workload;
  const special = called === "echo" ? [] : [calledToolName(workload)];
  return [...Array.from({ length: tools - special.length }, (_, index) => echoName(index)), ...special];
}

function expectedText({ called, reportBytes }: Workload, id: number): string {
  if (called === "create_order") return describeOrder(orderSample);
  if (called === "make_report") return reportText(reportBytes);
  return messageOf(id);
}
