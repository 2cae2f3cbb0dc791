import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import type { SandboxExit, SandboxProcess } from "../sandbox-backend.ts";
import type { EngineAnswer, EngineClient } from "./engine-client.ts";
import { StreamDemultiplexer } from "./stream-demultiplexer.ts";

/** Characters of the last stderr that are kept for logs. */
const keptDiagnostics = 4096;

/** Milliseconds that the engine gets to say how a container ended, once its streams have, or it was told to kill it. */
const endMs = 10_000;

/** Exit codes of a program that a signal ended are 128 and its number; this is SIGKILL. */
const killedCode = 137;

/** A container whose streams are attached, and which is about to be started. */
export interface AttachedContainer {
  readonly client: EngineClient;
  /** `/v1.47/containers/ID` */
  readonly path: string;
  readonly socket: Socket;
}

/** A container as a {@link SandboxProcess}. Start it when it is `watched`, so that no output and no end is missed. */
export class ContainerProcess implements SandboxProcess {
  readonly input: Socket;
  readonly output: PassThrough = new PassThrough();
  readonly exited: Promise<SandboxExit>;
  /** Settles when the engine has been asked to tell the end. */
  readonly watched: Promise<void>;
  readonly #client: EngineClient;
  readonly #path: string;
  /** The connections that keep the event loop alive: the streams', and the one that waits for the end. */
  readonly #sockets: Socket[];
  #alive = true;
  #wasKilled = false;
  #diagnostics = "";
  readonly #ended = Promise.withResolvers<SandboxExit>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ client, path, socket }: AttachedContainer) {
    this.#client = client;
    this.#path = path;
    this.#sockets = [socket];
    this.input = socket;
    this.exited = this.#ended.promise;
    this.#connect(socket);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.watched = promise;
    void this.#awaitEnd(resolve);
  }

  kill(): void {
    if (this.#wasKilled) return;
    this.#wasKilled = true;
    // What it still has to say, nobody reads.
    this.input.destroy();
    this.#endSoon();
    void this.#remove();
  }

  keepAlive(alive: boolean): void {
    this.#alive = alive;
    for (const socket of this.#sockets) hold(socket, alive);
  }

  #connect(socket: Socket): void {
    const demultiplexer = new StreamDemultiplexer({
      onStdout: (bytes) => {
        // The engine, and then the program, wait when the host does not keep up.
        if (!this.output.write(bytes)) socket.pause();
      },
      onStderr: (bytes) => {
        this.#diagnostics = (this.#diagnostics + bytes.toString("latin1")).slice(-keptDiagnostics);
      },
    });
    const take = (chunk: Buffer): void => {
      try {
        demultiplexer.push(chunk);
      } catch (error) {
        this.#diagnostics += `\n[the engine sent ${(error as Error).message}]`;
        socket.destroy();
        this.kill();
      }
    };
    this.output.on("drain", () => socket.resume());
    this.output.on("close", () => socket.resume());
    socket.on("data", take);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.output.end();
      this.#endSoon();
    });
  }

  /** Asked before the start: a container that removes itself can no longer be asked when it has ended. */
  async #awaitEnd(onAsked: () => void): Promise<void> {
    const answer = await this.#client
      .send({
        method: "POST",
        path: `${this.#path}/wait?condition=removed`,
        timeoutMs: 0,
        onSent: onAsked,
        onSocket: (socket) => {
          this.#sockets.push(socket);
          hold(socket, this.#alive);
        },
      })
      .catch(() => undefined);
    onAsked();
    const code = exitCode(answer);
    // The program's last words may still be on their way; and without an answer, their end is all that tells.
    if (!this.input.closed) await new Promise((resolve) => this.input.once("close", resolve));
    this.#settle(code);
  }

  #endSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.input.destroy();
      this.#settle(null);
    }, endMs).unref();
  }

  #settle(code: number | null): void {
    clearTimeout(this.#timer);
    // Nobody else sends SIGKILL but the kernel, for memory.
    const outOfMemory = code === killedCode && !this.#wasKilled;
    this.#ended.resolve({
      code,
      signal: null,
      ...(outOfMemory && { outOfMemory }),
      ...(this.#diagnostics !== "" && { diagnostics: this.#diagnostics }),
    });
  }

  /** Removing by force kills, and also ends what was only created or does not die of a signal. */
  async #remove(): Promise<void> {
    await this.#client.send({ method: "DELETE", path: `${this.#path}?force=true&v=true` }).catch(() => undefined);
  }
}

/** The program's exit code; `null` when the engine does not know it, or cannot be asked. */
function exitCode(answer: EngineAnswer | undefined): number | null {
  const code = answer?.status === 200 ? (answer.body as { StatusCode?: unknown } | undefined)?.StatusCode : undefined;
  // Podman has -1 for what it does not know.
  return typeof code === "number" && code >= 0 ? code : null;
}

function hold(socket: Socket, alive: boolean): void {
  if (alive) socket.ref();
  else socket.unref();
}
