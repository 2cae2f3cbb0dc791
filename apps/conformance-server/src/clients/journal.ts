import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

/** A file in which a server's process notes what its tools did, whether or not a client still listens. */
export interface Journal extends AsyncDisposable {
  readonly path: string;
  /** Waits for an event, up to 15 seconds. */
  has(event: string): Promise<void>;
}

/** Makes an empty journal; disposing deletes it. */
export async function createJournal(): Promise<Journal> {
  const directory = await mkdtemp(join(tmpdir(), "plinth-journal-"));
  const path = join(directory, "journal");
  await writeFile(path, "");
  const assertHas = async (event: string): Promise<void> => {
    const events = (await readFile(path, "utf8")).split("\n").slice(0, -1);
    if (!events.includes(event)) throw new Error(`The journal has no "${event}", only ${JSON.stringify(events)}`);
  };
  return {
    path,
    has: (event) => vi.waitFor(() => assertHas(event), { timeout: 15_000 }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}
