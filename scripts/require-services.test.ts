import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const execute = promisify(execFile);

/** Runs the check against two ports and gives what it says, line by line. */
async function check(redisPort: number, postgresPort: number): Promise<string[]> {
  const env = {
    ...process.env,
    REDIS_URL: `redis://:secret@127.0.0.1:${redisPort}`,
    DATABASE_URL: `postgres://user:secret@127.0.0.1:${postgresPort}/films`,
  };
  const { stderr } = await execute(process.execPath, [join(import.meta.dirname, "require-services.mjs")], {
    env,
  }).catch((error: { stderr: string }) => error);
  return stderr.split("\n").filter(Boolean).toSorted();
}

/** A server on a free port that answers the first bytes it gets with this text. */
async function listener(answer: string) {
  const server = createServer((socket) => socket.once("data", () => socket.end(answer)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => void server.close() };
}

test("Services that answer as they should pass without a word", async () => {
  using redis = await listener("+PONG\r\n");
  using postgres = await listener("N");

  expect(await check(redis.port, postgres.port)).toEqual([]);
});

test("A closed port is named with the remedy and without the password", async () => {
  const closed = await listener("");
  closed[Symbol.dispose]();

  expect(await check(closed.port, closed.port)).toEqual([
    `PostgreSQL is not reachable at 127.0.0.1:${closed.port}; start it there, or set DATABASE_URL.`,
    `Redis is not reachable at 127.0.0.1:${closed.port}; start it there, or set REDIS_URL.`,
  ]);
});

test("Another program on the port is told apart from the service", async () => {
  using web = await listener("HTTP/1.1 400 Bad Request\r\n\r\n");

  expect(await check(web.port, web.port)).toEqual([
    `What listens at 127.0.0.1:${web.port} is not PostgreSQL; start it there, or set DATABASE_URL.`,
    `What listens at 127.0.0.1:${web.port} is not Redis; start it there, or set REDIS_URL.`,
  ]);
});
