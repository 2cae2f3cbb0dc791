import { expect, it } from "vitest";
import { OpenHosts, type OpenHost } from "./open-hosts.ts";

function host(): OpenHost & { closes: number } {
  const closed = Promise.withResolvers<void>();
  const made = {
    closes: 0,
    closed: closed.promise,
    close: async () => {
      made.closes += 1;
      closed.resolve();
    },
  };
  return made;
}

it("closes what is open, and forgets what has ended by itself", async () => {
  const hosts = new OpenHosts();
  const [open, ended] = [host(), host()];
  await hosts.add(Promise.resolve(open));
  await hosts.add(Promise.resolve(ended));
  await ended.close();
  await ended.closed;

  await hosts.close();

  expect([open.closes, ended.closes]).toStrictEqual([1, 1]);
});

it("closes what opens after the close, and says so to whoever waits for it", async () => {
  const hosts = new OpenHosts();
  const late = host();
  const opening = Promise.withResolvers<OpenHost>();
  const opened = hosts.add(opening.promise);
  const refusal = opened.catch((error: unknown) => error);

  await hosts.close();
  opening.resolve(late);
  await hosts.settled();

  expect(await refusal).toMatchObject({ code: "UNAVAILABLE" });
  expect(late.closes).toBe(1);
});
