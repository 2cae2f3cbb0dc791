import { CodeExecutorError } from "../code-executor-error.ts";
import type { CompleteLimits } from "../limits.ts";
import type { FileContent, Grants, RunMessage } from "../protocol/messages.ts";
import type { Language } from "../run-options.ts";

/** What {@link toRunMessage} puts together. */
export interface RunParts {
  readonly language: Language;
  readonly limits: CompleteLimits;
  readonly grants: Grants;
  readonly input: unknown;
  readonly files: Readonly<Record<string, string | Uint8Array>> | undefined;
}

// oxlint-disable-next-line eslint/no-control-regex -- they are what is looked for
const plainName = /^(?!\.)[^\u0000-\u001f/\\]{1,255}$/u;

/**
 * Everything that a sandbox is given for a run.
 *
 * @throws CodeExecutorError `invalid` for input and files that cannot be given
 */
export function toRunMessage(code: string, { language, limits, grants, input, files = {} }: RunParts): RunMessage {
  const json = inputJson(input);
  const contents = Object.entries(files).map(([name, content]) => toContent(name, content));
  const inputBytes = contents.reduce(
    (sum, { content }) => sum + Buffer.byteLength(content),
    Buffer.byteLength(json ?? ""),
  );
  if (inputBytes > limits.inputBytes) {
    throw new CodeExecutorError(
      "invalid",
      `Input and files are ${inputBytes} bytes long, ${limits.inputBytes} at most.`,
    );
  }
  return {
    type: "run",
    code,
    language,
    limits,
    grants,
    files: contents,
    ...(json === undefined ? {} : { input: json }),
  };
}

function inputJson(input: unknown): string | undefined {
  try {
    return JSON.stringify(input);
  } catch (cause) {
    throw new CodeExecutorError("invalid", "The input cannot be written as JSON.", { cause });
  }
}

function toContent(name: string, content: unknown): FileContent {
  if (!plainName.test(name)) {
    throw new CodeExecutorError(
      "invalid",
      `The input file ${JSON.stringify(name.slice(0, 100))} has no plain file name.`,
    );
  }
  if (typeof content === "string") return { name, encoding: "utf8", content };
  if (content instanceof Uint8Array) {
    return { name, encoding: "base64", content: Buffer.from(content).toString("base64") };
  }
  throw new CodeExecutorError("invalid", `The input file "${name}" is neither text nor bytes.`);
}
