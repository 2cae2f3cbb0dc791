import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "./open-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "example-server-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("names the file that cannot be made, and the setting for it", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const sqlitePath = join(file, "business.db");

  const opening = openStore({ sqlitePath });

  await expect(opening).rejects.toThrow(
    `The database file ${sqlitePath} does not open: EEXIST: file already exists, mkdir '${file}'. ` +
      "Point DATABASE_PATH at a SQLite file, in a folder where this user may write.",
  );
});

test("names the file that is no database", async () => {
  const sqlitePath = join(folder, "business.db");
  await writeFile(sqlitePath, "This is a letter, and no database.".repeat(100));

  const opening = openStore({ sqlitePath });

  await expect(opening).rejects.toThrow(`The database file ${sqlitePath} does not open: file is not a database. Point`);
});

test("says why PostgreSQL is out of reach and which setting has its address, without the password", async () => {
  const port = await unusedPort();

  const opening = openStore({ databaseUrl: `postgres://app:hush@127.0.0.1:${port}/business`, sqlitePath: ":memory:" });

  await expect(opening).rejects.toThrow(
    `PostgreSQL does not answer as it should: connect ECONNREFUSED 127.0.0.1:${port}. ` +
      "Check DATABASE_URL, or leave it out to keep the data in SQLite.",
  );
  await expect(opening).rejects.not.toThrow(/hush/);
});

/** A port that was free a moment ago, and that nobody listens on. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
