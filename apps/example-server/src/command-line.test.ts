import { expect, test } from "vitest";
import { readCommandLine } from "./command-line.ts";

test("options become settings, and the last of several counts", () => {
  const { settings } = readCommandLine(["--transport", "http", "--port=4000", "--transport", "stdio", "--host", "::1"]);

  expect(settings).toEqual({ SERVER_TRANSPORT: "stdio", HTTP_PORT: "4000", HTTP_HOST: "::1" });
});

test("the number of workers is a setting, too", () => {
  expect(readCommandLine(["--workers", "auto"]).settings).toEqual({ SERVER_WORKERS: "auto" });
});

test("no options leave every setting alone", () => {
  expect(readCommandLine([])).toEqual({ help: false, settings: {} });
});

test("an option that does not exist is refused by name", () => {
  expect(() => readCommandLine(["--prot", "4000"])).toThrow("--prot");
});
