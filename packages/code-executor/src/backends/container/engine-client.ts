import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { CodeExecutorError } from "../../code-executor-error.ts";

/** The longest answer that is read; an image with very many layers is described in 100 kB. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** An answer of the engine. */
export interface EngineAnswer {
  readonly status: number;
  /** The JSON in it; `undefined` when there is none. */
  readonly body: unknown;
}

/** A request to the engine. */
export interface EngineRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** With the version in front, and the query behind. */
  readonly path: string;
  readonly body?: object;
  /** Milliseconds until it fails; 0 waits for ever. @default that of the client */
  readonly timeoutMs?: number;
  /** Told of the connection as soon as there is one. */
  readonly onSocket?: (socket: Socket) => void;
  /** Called when the request is on its way. */
  readonly onSent?: () => void;
}

/** Speaks HTTP with a container engine on its local socket, a connection for each request. */
export class EngineClient {
  readonly #socketPath: string;
  readonly #timeoutMs: number;

  constructor(socketPath: string, timeoutMs: number) {
    this.#socketPath = socketPath;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws CodeExecutorError `unavailable` when the engine cannot be reached or does not answer in time */
  async send({ body, ...options }: EngineRequest): Promise<EngineAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<EngineAnswer>();
    const sent = await this.#open(options, body);
    sent.on("response", (response) => void readAnswer(response).then(resolve, reject));
    sent.on("error", (error) => reject(error));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    return promise.catch((error: unknown) => {
      throw this.#unavailable(error);
    });
  }

  /**
   * Sends a request that turns its connection into a plain stream (Docker Engine API, attach, upgrade).
   *
   * @returns The connection
   * @throws CodeExecutorError `unavailable` when the engine does not do it
   */
  async upgrade(path: string): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const sent = await this.#open({ method: "POST", path, upgrade: true });
    sent.on("upgrade", (_response, socket, head) => {
      socket.setTimeout(0);
      socket.unshift(head);
      resolve(socket);
    });
    sent.on("response", (response) => {
      if (response.statusCode === 200) {
        sent.destroy(new Error("It does not turn a connection into a stream when asked to upgrade it"));
        return;
      }
      const refuse = ({ status, body }: EngineAnswer): void => reject(refusal("attach to its container", status, body));
      readAnswer(response).then(refuse, reject);
    });
    sent.on("error", reject);
    sent.end();
    return promise.catch((error: unknown) => {
      throw this.#unavailable(error);
    });
  }

  async #open(
    {
      method,
      path,
      timeoutMs = this.#timeoutMs,
      onSocket,
      onSent,
      upgrade = false,
    }: EngineRequest & { upgrade?: boolean },
    body?: object,
  ): Promise<ClientRequest> {
    // Loading it takes as long as the rest of the package, and most executors have no engine.
    const { request } = await import("node:http");
    const sent = request({
      socketPath: this.#socketPath,
      agent: false,
      method,
      path,
      timeout: timeoutMs,
      headers: {
        host: "engine",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(upgrade && { connection: "Upgrade", upgrade: "tcp" }),
      },
    });
    sent.on("timeout", () => sent.destroy(new Error(`It did not answer within ${timeoutMs} ms`)));
    if (onSocket !== undefined) sent.on("socket", onSocket);
    if (onSent !== undefined) sent.on("finish", onSent);
    return sent;
  }

  #unavailable(cause: unknown): CodeExecutorError {
    if (CodeExecutorError.isInstance(cause)) return cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    return new CodeExecutorError("unavailable", sentence(this.#socketPath, code, message), { cause });
  }
}

/** What the engine said no to, in its own words. */
export function refusal(what: string, status: number, body: unknown): CodeExecutorError {
  const message = (body as { message?: unknown } | undefined)?.message;
  const words = typeof message === "string" ? message.slice(0, 500) : "it gave no reason";
  return new CodeExecutorError("unavailable", `The container engine refused to ${what} (status ${status}): ${words}`);
}

async function readAnswer(response: IncomingMessage): Promise<EngineAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error(`Its answer is longer than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) };
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return { message: text.slice(0, 500) };
  }
}

function sentence(path: string, code: string | undefined, message: string): string {
  switch (code) {
    case "ENOENT":
    case "ECONNREFUSED":
      return `No container engine listens at ${path}. Start Docker or Podman, or name its socket with "engine".`;
    case "EACCES":
    case "EPERM":
      return (
        `This process may not use the container engine at ${path}. Whoever may is as good as root there: prefer an ` +
        'engine without root of this user, and name its socket with "engine".'
      );
    default:
      return `The container engine at ${path} cannot be used: ${message}.`;
  }
}
