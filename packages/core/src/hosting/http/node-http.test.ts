import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("A host over plain HTTP loads no TLS, HTTP/2, compression or fetch", () => {
  const entry = new URL("./listen-http.ts", import.meta.url);
  const script = `await import(${JSON.stringify(entry)}); console.log(JSON.stringify(process.moduleLoadList));`;

  const output = execFileSync(process.execPath, [
    "--conditions=@plinth/source",
    "--input-type=module",
    "--eval",
    script,
  ]);

  const loaded = JSON.parse(output.toString()) as string[];
  const avoidable = ["tls", "https", "internal/http2/core", "zlib", "internal/deps/undici/undici"];
  expect(loaded).toContain("NativeModule _http_server");
  expect(avoidable.filter((name) => loaded.includes(`NativeModule ${name}`))).toEqual([]);
});
