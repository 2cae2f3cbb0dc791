import { CodeExecutorError } from "../../code-executor-error.ts";
import type { SandboxBackend, SandboxProcess, SandboxSpawnOptions } from "../sandbox-backend.ts";
import { inspectImage, type ContainerImage } from "./container-image.ts";
import { completeOptions, type ContainerBackendOptions } from "./container-options.ts";
import { ContainerProcess } from "./container-process.ts";
import { containerRequest } from "./container-request.ts";
import { EngineClient, refusal } from "./engine-client.ts";
import { engineSocket } from "./engine-socket.ts";
import { negotiateVersion } from "./engine-version.ts";

/** What is asked of the engine once, and again when that failed. */
interface Engine {
  readonly version: string;
  readonly image: ContainerImage;
}

/**
 * Runs programs in containers of Docker or Podman, by the Docker Engine API on the engine's local socket: without
 * network, capabilities or a writable file, as nobody, with limits on memory, CPU and processes that the kernel enforces.
 *
 * Images are never fetched. The image needs Node of this host's release line and its C library (`node:24-slim` on Debian);
 * the program's files are the host's, mounted read-only. Containers remove themselves, even when this process dies.
 *
 * Tested against a stand-in that checks requests by the published API and runs the program, and **not against a live
 * engine**.
 *
 * @throws CodeExecutorError `invalid` for an option that cannot be, `unavailable` on another system than Linux
 */
export function containerBackend(options: ContainerBackendOptions): SandboxBackend {
  const settings = completeOptions(options);
  const client = new EngineClient(engineSocket(settings.engine), settings.timeoutMs);
  let engine: Promise<Engine> | undefined;

  async function open(): Promise<Engine> {
    const version = await negotiateVersion(client);
    return { version, image: await inspectImage(client, { version, image: settings.image }) };
  }

  async function spawn(request: SandboxSpawnOptions): Promise<SandboxProcess> {
    engine ??= open();
    try {
      const { version, image } = await engine;
      return await start(version, containerRequest(request, image, settings));
    } catch (error) {
      // What was missing may be there next time, and what was there may be gone.
      engine = undefined;
      throw error;
    }
  }

  async function start(version: string, body: object): Promise<SandboxProcess> {
    const created = await client.send({ method: "POST", path: `/${version}/containers/create`, body });
    const { Id: id, Warnings: warnings } = (created.body ?? {}) as Readonly<Record<string, unknown>>;
    if (created.status !== 201 || typeof id !== "string" || !/^[\w.-]+$/.test(id)) {
      throw refusal("create a container", created.status, created.body);
    }
    const path = `/${version}/containers/${id}`;
    try {
      // Engines warn, and go on, when the kernel has no means for a limit.
      if (!settings.acceptWarnings && Array.isArray(warnings) && warnings.length > 0) {
        throw new CodeExecutorError(
          "unavailable",
          `The container engine would run programs otherwise than asked: ${warnings.join("; ").slice(0, 500)}. Mend ` +
            'that, or live with it by "acceptWarnings".',
        );
      }
      const socket = await client.upgrade(`${path}/attach?stderr=1&stdin=1&stdout=1&stream=1`);
      const sandbox = new ContainerProcess({ client, path, socket });
      await sandbox.watched;
      const { status, body: answer } = await client.send({ method: "POST", path: `${path}/start` });
      if (status !== 204) {
        sandbox.kill();
        throw refusal("start a container", status, answer);
      }
      return sandbox;
    } catch (error) {
      await client.send({ method: "DELETE", path: `${path}?force=true&v=true` }).catch(() => undefined);
      throw error;
    }
  }

  return { isolation: "container", languages: ["javascript", "typescript", "python"], spawn };
}
