import { createServer, defineTool, KitError, stderrLogger } from "@plinth/core";
import { expect, it } from "vitest";
import { runMatrix } from "./matrix.ts";

runMatrix(
  "a client that cannot connect",
  ({ connect }) => {
    it("leaves no host behind", async () => {
      const lines: string[] = [];
      await using server = createServer({
        name: "closed shop",
        version: "1",
        log: stderrLogger({ write: (line) => void lines.push(line) }),
        components: [defineTool({ name: "any", handler: () => "" })],
      });
      server.use(async () => {
        throw new KitError("FORBIDDEN", "Not you");
      });

      await expect(connect(server)).rejects.toThrow("HTTP 403");

      const { url } = JSON.parse(lines[0] ?? "{}") as { url: string };
      await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    });
  },
  { transports: ["http"], eras: ["modern"] },
);
