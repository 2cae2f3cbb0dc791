import { CodeExecutorError } from "../../code-executor-error.ts";
import { refusal, type EngineClient } from "./engine-client.ts";

/** An image as it is on this machine. */
export interface ContainerImage {
  /** The digest that names exactly this image: a tag that moves later changes nothing. */
  readonly id: string;
  /** Names of the environment variables that the image would set. */
  readonly variables: readonly string[];
}

/** The engine's words for the machines that Node runs on. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * Looks at an image without ever pulling it.
 *
 * @throws CodeExecutorError `unavailable` when it is not there, is for another kind of machine, or would bring storage
 * that programs could fill
 */
export async function inspectImage(
  client: EngineClient,
  { version, image }: { readonly version: string; readonly image: string },
): Promise<ContainerImage> {
  const { status, body } = await client.send({
    method: "GET",
    path: `/${version}/images/${image}/json`,
  });
  if (status === 404) {
    throw unavailable(`The image ${image} is not on this machine, and is never fetched: pull it beforehand.`);
  }
  if (status !== 200) throw refusal(`describe the image ${image}`, status, body);
  const { Id: id, Os: system, Architecture: architecture, Config } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const { Env, Volumes } = (Config ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || !/^(sha256:)?[\da-f]{64}$/.test(id)) {
    throw unavailable(`The container engine gave no digest for the image ${image}.`);
  }
  const wanted = architectures[process.arch] ?? process.arch;
  if (system !== "linux" || architecture !== wanted) {
    throw unavailable(
      `The image ${image} is for ${String(system)}/${String(architecture)}; linux/${wanted} is needed.`,
    );
  }
  // Each container would get such folders to write to: outside of every limit, and kept when it is gone.
  if (Object.keys(Volumes ?? {}).length > 0) {
    throw unavailable(`The image ${image} declares volumes, which programs could fill: use one without.`);
  }
  const variables = Array.isArray(Env) ? Env.map((variable) => String(variable).split("=", 1)[0] ?? "") : [];
  return { id, variables };
}

function unavailable(message: string): CodeExecutorError {
  return new CodeExecutorError("unavailable", message);
}
