// Exits with one sentence when Redis or PostgreSQL does not answer. Speaks just enough of each protocol to know that the
// port belongs to the right program, so that it runs before anything is installed.
import { connect } from "node:net";

const ANSWER_MS = 5000;
/** PostgreSQL's SSLRequest: length 8, code 80877103. The server answers one byte, `S` or `N`. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

const services = [
  {
    name: "Redis",
    variable: "REDIS_URL",
    url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
    port: 6379,
    hello: Buffer.from("PING\r\n"),
    // A server that wants a password is up as well.
    expected: /^(?:\+PONG|-NOAUTH)/,
  },
  {
    name: "PostgreSQL",
    variable: "DATABASE_URL",
    url: process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres",
    port: 5432,
    hello: SSL_REQUEST,
    expected: /^[SN]/,
  },
];

const problems = await Promise.all(services.map(problemWith));
for (const problem of problems.filter((found) => found !== undefined)) {
  console.error(problem);
  process.exitCode = 1;
}

/**
 * @param {(typeof services)[number]} service
 * @returns {Promise<string | undefined>}
 */
function problemWith({ name, variable, url, port, hello, expected }) {
  const { hostname, port: given } = new URL(url);
  const address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(given || port) };
  const remedy = `start it there, or set ${variable}.`;
  return new Promise((resolve) => {
    const socket = connect(address, () => socket.write(hello));
    /** @param {string | undefined} problem */
    const settle = (problem) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(ANSWER_MS, () => settle(`${name} at ${address.host}:${address.port} does not answer; ${remedy}`));
    socket.on("error", () => settle(`${name} is not reachable at ${address.host}:${address.port}; ${remedy}`));
    socket.once("data", (data) => {
      const right = expected.test(data.toString("latin1"));
      settle(right ? undefined : `What listens at ${address.host}:${address.port} is not ${name}; ${remedy}`);
    });
  });
}
