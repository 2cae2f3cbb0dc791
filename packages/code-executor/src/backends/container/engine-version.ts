import { CodeExecutorError } from "../../code-executor-error.ts";
import { refusal, type EngineClient } from "./engine-client.ts";

/** The versions of the Docker Engine API that the requests here are written for; Podman offers one of them, too. */
const oldest = "1.41";
const newest = "1.51";

/**
 * Asks the engine which version of the API it speaks.
 *
 * @returns The newest that both sides know, such as `v1.47`, to be put in front of paths
 * @throws CodeExecutorError `unavailable` when there is none, or no engine
 */
export async function negotiateVersion(client: EngineClient): Promise<string> {
  const { status, body } = await client.send({ method: "GET", path: "/version" });
  if (status !== 200) throw refusal("tell its version", status, body);
  const { ApiVersion: offered, MinAPIVersion: least = oldest } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (!isVersion(offered) || !isVersion(least)) {
    throw new CodeExecutorError("unavailable", "What listens there tells no API version: it is no container engine.");
  }
  const chosen = compare(offered, newest) < 0 ? offered : newest;
  if (compare(chosen, oldest) < 0 || compare(chosen, least) < 0) {
    throw new CodeExecutorError(
      "unavailable",
      `The container engine speaks versions ${least} to ${offered} of its API, and ${oldest} to ${newest} are known ` +
        "here. Update the engine or this package.",
    );
  }
  return `v${chosen}`;
}

function isVersion(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,3}\.\d{1,3}$/.test(value);
}

function compare(first: string, second: string): number {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [first, second].map((version) =>
    version.split(".").map(Number),
  ) as [number[], number[]];
  return major - otherMajor || minor - otherMinor;
}
