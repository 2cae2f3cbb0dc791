import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import type { SandboxSpawnOptions } from "../sandbox-backend.ts";
import { containerBackend } from "./container-backend.ts";
import type { ContainerBackendOptions } from "./container-options.ts";
import { recordedRequests } from "./fixtures/docker-command-line.ts";
import { standInImage, standInImageId, startEngine, type StandInOptions } from "./fixtures/stand-in-engine.ts";

/** A backend on a stand-in, and a way to start `source` as the program in it. */
async function connect(standIn: StandInOptions = {}, options: Partial<ContainerBackendOptions> = {}) {
  const engine = await startEngine(standIn);
  const folder = mkdtempSync(join(tmpdir(), "plinth-program-"));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await engine[Symbol.asyncDispose]();
  });
  const backend = containerBackend({
    engine: engine.socketPath,
    image: standInImage,
    allowedImages: [standInImage],
    ...options,
  });
  const file = join(folder, "program.mjs");
  const spawn = async (source: string, changes: Partial<SandboxSpawnOptions> = {}) => {
    writeFileSync(file, source);
    return backend.spawn({
      program: { node: process.execPath, nodeOptions: ["--no-warnings"], file, args: ["one"], reads: [folder, file] },
      language: "javascript",
      rssBytes: 256 * 1024 * 1024,
      cpuSeconds: 7,
      ...changes,
    });
  };
  return { engine, backend, folder, spawn };
}

const echo = "process.stdin.pipe(process.stdout)";

describe("a container", () => {
  it("runs the program with its streams attached, and is gone when that ends", async () => {
    const { engine, spawn } = await connect();
    const sandbox = await spawn(`console.error("on the side"); ${echo}`);

    sandbox.input.end("there and back");

    expect(await text(sandbox.output)).toBe("there and back");
    expect(await sandbox.exited).toStrictEqual({ code: 0, signal: null, diagnostics: "on the side\n" });
    expect(engine.containers.size).toBe(0);
  });

  it("is asked for with nothing that a program does not need, and with every limit", async () => {
    const { engine, spawn, folder } = await connect(
      {},
      { cpus: 0.5, processes: 32, temporaryBytes: 4096, runtime: "runsc" },
    );

    const sandbox = await spawn(echo);

    const [container] = engine.containers.values();
    expect(container?.body).toStrictEqual({
      Image: standInImageId,
      Entrypoint: ["/usr/local/bin/node"],
      Cmd: ["--no-warnings", join(folder, "program.mjs"), "one"],
      WorkingDir: "/sandbox",
      User: "65534:65534",
      Env: ["PATH=", "NODE_OPTIONS=", "API_KEY="],
      Labels: { "dev.plinth.sandbox": "code-executor" },
      Healthcheck: { Test: ["NONE"] },
      Tty: false,
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: {
        AutoRemove: true,
        NetworkMode: "none",
        IpcMode: "none",
        CgroupnsMode: "private",
        Privileged: false,
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        Memory: 256 * 1024 * 1024,
        MemorySwap: 256 * 1024 * 1024,
        NanoCpus: 500_000_000,
        PidsLimit: 32,
        Ulimits: [
          { Name: "core", Soft: 0, Hard: 0 },
          { Name: "nofile", Soft: 64, Hard: 64 },
          { Name: "cpu", Soft: 7, Hard: 8 },
        ],
        Tmpfs: { "/sandbox": "rw,noexec,nosuid,nodev,size=4096,mode=1777" },
        Mounts: [{ Type: "bind", Source: folder, Target: folder, ReadOnly: true }],
        LogConfig: { Type: "none", Config: {} },
        Runtime: "runsc",
      },
    });
    sandbox.kill();
    await sandbox.exited;
  });

  it("is asked for in the order of Docker's own command line, never pulled, and given no other command", async () => {
    const { engine, spawn } = await connect();
    const sandbox = await spawn(echo);
    sandbox.kill();
    await sandbox.exited;

    const requests = engine.requests.map((each) => each.replace(/[\da-f]{64}/, "ID"));
    expect(requests).toStrictEqual([
      "GET /version",
      `GET /v1.47/images/${standInImage}/json`,
      ...recordedRequests,
      "DELETE /v1.47/containers/ID?force=true&v=true",
    ]);
  });

  it("is killed whatever the program does, as often as one likes", async () => {
    const { engine, spawn } = await connect();
    const sandbox = await spawn("process.on('SIGTERM', () => {}); console.log('busy'); for (;;);");
    await once(sandbox.output, "readable");

    sandbox.kill();
    sandbox.kill();

    expect(await sandbox.exited).toStrictEqual({ code: 137, signal: null });
    expect(engine.containers.size).toBe(0);
  });

  it("that floods a host that does not read is made to wait, and is killed all the same", async () => {
    const flooded = Promise.withResolvers<void>();
    let bytes = 0;
    const { engine, spawn } = await connect({
      garble(frame) {
        bytes += frame.length;
        if (bytes > 8 * 1024 * 1024) flooded.resolve();
        return frame;
      },
    });
    const sandbox = await spawn(`
      const text = "x".repeat(65536);
      const go = () => { while (process.stdout.write(text)); };
      process.stdout.on("drain", go);
      go();`);

    await flooded.promise;
    const { readableLength, writableLength } = sandbox.output as PassThrough;
    expect(readableLength + writableLength).toBeLessThan(1024 * 1024);
    sandbox.kill();

    expect(await sandbox.exited).toMatchObject({ code: 137 });
    expect(engine.containers.size).toBe(0);
  });

  it("that the kernel ends for its memory says so", async () => {
    const { engine, spawn } = await connect();
    const sandbox = await spawn(echo);

    const [container] = engine.containers.values();
    container?.process?.kill("SIGKILL");

    expect(await sandbox.exited).toStrictEqual({ code: 137, signal: null, outOfMemory: true });
  });

  it("tells how the program ended by itself", async () => {
    const { spawn } = await connect();

    const sandbox = await spawn("console.error('x'.repeat(1e5)); process.exitCode = 3;");
    sandbox.output.resume();

    const exit = await sandbox.exited;
    expect(exit.code).toBe(3);
    expect(exit.diagnostics).toHaveLength(4096);
  });

  it("has ended when its last words are here, even if the engine tells the end first", async () => {
    const { spawn } = await connect({ streamsLast: true });

    const sandbox = await spawn("console.error('farewell'); console.log('bye');");
    const output = text(sandbox.output);

    expect(await sandbox.exited).toStrictEqual({ code: 0, signal: null, diagnostics: "farewell\n" });
    expect(await output).toBe("bye\n");
  });

  it("ends with the engine", async () => {
    const { engine, spawn } = await connect();
    const sandbox = await spawn(echo);

    await engine[Symbol.asyncDispose]();
    sandbox.kill();

    expect(await sandbox.exited).toMatchObject({ code: null });
  });

  it.each([
    ["noise", () => Buffer.from("HTTP/1.1 500 oh no\r\n\r\n")],
    ["a frame of a stream that there is not", (frame: Buffer) => Buffer.concat([Buffer.from([9]), frame.subarray(1)])],
  ])("is killed when the engine sends %s for output", async (_what, garble) => {
    const { engine, spawn } = await connect({ garble });

    const sandbox = await spawn("console.log('hello'); setInterval(() => {}, 1000);");

    const exit = await sandbox.exited;
    expect(exit.diagnostics).toContain("[the engine sent a frame that begins with");
    expect(engine.containers.size).toBe(0);
  });

  it("does not keep the process alive while it waits in a pool, and takes input after", async () => {
    const { spawn } = await connect();
    const sandbox = await spawn(echo);

    sandbox.keepAlive?.(false);
    sandbox.keepAlive?.(true);
    sandbox.input.end("still here");

    expect(await text(sandbox.output)).toBe("still here");
    await sandbox.exited;
  });
});

describe("an engine", () => {
  it.each([
    ["1.44", "v1.44"],
    ["1.51", "v1.51"],
    ["1.60", "v1.51"],
    ["1.41", "v1.41"],
  ])("of version %s is spoken to as %s", async (apiVersion, prefix) => {
    const { engine, spawn } = await connect({ apiVersion });
    const sandbox = await spawn(echo);
    sandbox.kill();
    await sandbox.exited;

    expect(engine.requests[2]).toBe(`POST /${prefix}/containers/create`);
  });

  it.each([
    ["too old", { apiVersion: "1.40" }, "speaks versions 1.24 to 1.40"],
    ["too new", { apiVersion: "1.70", minApiVersion: "1.60" }, "speaks versions 1.60 to 1.70"],
    ["none", { apiVersion: "latest" }, "it is no container engine"],
  ])("that is %s is refused with a sentence", async (_what, standIn, message) => {
    const { spawn } = await connect(standIn);

    await expect(spawn(echo)).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining(message) });
  });

  it("that is not there is named, with what to do", async () => {
    const { spawn } = await connect({}, { engine: "/nonexistent/engine.sock" });

    await expect(spawn(echo)).rejects.toThrow(
      'No container engine listens at /nonexistent/engine.sock. Start Docker or Podman, or name its socket with "engine".',
    );
  });

  it("that may not be used is named, with what to do", async () => {
    const { engine, backend } = await connect();
    const program = { node: "node", nodeOptions: [], file: "/program.mjs", args: [], reads: [] };
    chmodSync(engine.socketPath, 0o000);
    // Root may use anything, so here it is somebody else for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.("nobody");

    const refused = Promise.resolve(
      backend.spawn({ program, language: "javascript", rssBytes: 2 ** 28, cpuSeconds: 1 }),
    ).finally(() => isRoot && process.seteuid?.("root"));

    await expect(refused).rejects.toThrow(`This process may not use the container engine at ${engine.socketPath}.`);
  });

  it("that tells without end is not listened to", async () => {
    const { spawn } = await connect({ answer: () => ({ status: 200, body: { ApiVersion: "1".repeat(5_000_000) } }) });

    await expect(spawn(echo)).rejects.toThrow("Its answer is longer than 4194304 bytes");
  });

  it("that does not make a stream of a connection is refused, and nothing is left behind", async () => {
    const { engine, spawn } = await connect({ plainAttach: true });

    await expect(spawn(echo)).rejects.toThrow("It does not turn a connection into a stream when asked to upgrade it");
    expect(engine.containers.size).toBe(0);
  });

  it("that never answers is given up after the time set", async () => {
    const { spawn } = await connect({ answer: () => "hang" }, { timeoutMs: 50 });

    await expect(spawn(echo)).rejects.toThrow("It did not answer within 50 ms");
  });

  it("that is no HTTP server is refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plinth-no-engine-"));
    const path = join(folder, "socket");
    const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n")).listen(path);
    await once(server, "listening");
    onTestFinished(() => {
      server.close();
      rmSync(folder, { recursive: true });
    });
    const { spawn } = await connect({}, { engine: `unix://${path}` });

    await expect(spawn(echo)).rejects.toMatchObject({ code: "unavailable" });
  });

  it.each<[string, string, string]>([
    ["create", "POST", "create a container"],
    ["start", "POST", "start a container"],
  ])("that refuses to %s a container is quoted, and nothing is left behind", async (action, method, words) => {
    const { engine, spawn } = await connect({
      answer: (request) =>
        request.method === method && request.path.endsWith(`/${action}`)
          ? { status: 500, body: { message: "no space left on device" } }
          : undefined,
    });

    await expect(spawn(echo)).rejects.toThrow(
      `The container engine refused to ${words} (status 500): no space left on device`,
    );
    expect(engine.containers.size).toBe(0);
  });

  it("that warns of a missing limit is refused, unless that is accepted", async () => {
    const warnings = ["Your kernel does not support memory limit capabilities. Limitation discarded."];
    const careful = await connect({ warnings });
    const bold = await connect({ warnings }, { acceptWarnings: true });

    await expect(careful.spawn(echo)).rejects.toThrow("Limitation discarded");
    expect(careful.engine.containers.size).toBe(0);
    const sandbox = await bold.spawn(echo);
    sandbox.kill();
    await sandbox.exited;
  });

  it("is asked again after a failure", async () => {
    let broken = true;
    const { spawn } = await connect({ answer: () => (broken ? { status: 503 } : undefined) });
    await expect(spawn(echo)).rejects.toThrow("status 503");

    broken = false;
    const sandbox = await spawn(echo);

    sandbox.kill();
    await sandbox.exited;
  });
});

describe("an image", () => {
  it("that is not on the machine is not fetched", async () => {
    const { spawn, engine } = await connect({}, { image: "node:24", allowedImages: ["node:24"] });

    await expect(spawn(echo)).rejects.toThrow("The image node:24 is not on this machine, and is never fetched");
    expect(engine.requests.some((request) => request.includes("/images/create"))).toBe(false);
  });

  it.each([
    ["for another machine", { Architecture: "s390x" }, "is for linux/s390x"],
    ["for Windows", { Os: "windows" }, "is for windows/"],
    ["with volumes", { Config: { Volumes: { "/data": {} } } }, "declares volumes, which programs could fill"],
    ["without a digest", { Id: "node" }, "gave no digest"],
  ])("%s is refused", async (_what, image, message) => {
    const { spawn } = await connect({ image });

    await expect(spawn(echo)).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining(message) });
  });

  it.each<[string, Partial<ContainerBackendOptions>]>([
    ["is not allowed", { image: "node:24-slim" }],
    ["is allowed with another tag only", { image: "node", allowedImages: ["node:24"] }],
    ["leads elsewhere in the API", { image: "a/../../containers", allowedImages: ["a/../../containers"] }],
    ["carries a query", { image: "node?x", allowedImages: ["node?x"] }],
  ])("that %s is refused at once", (_what, options) => {
    expect(() => containerBackend({ image: standInImage, allowedImages: [standInImage], ...options })).toThrow(
      "image is",
    );
  });
});

describe("options of a container backend", () => {
  it.each<[Record<string, unknown>, string]>([
    [{ engine: "tcp://127.0.0.1:2375" }, "it must be the path of a socket on this machine"],
    [{ engine: "http://127.0.0.1:2375" }, "it must be the path of a socket on this machine"],
    [{ engine: "engine.sock" }, "it must be the path of a socket on this machine"],
    [{ node: "node" }, 'node is "node"; it must be an absolute path'],
    [{ cpus: 0 }, "cpus is 0; it must be from 0.01 to 1024"],
    [{ processes: 1 }, "processes is 1; it must be a whole number from 16 to 4096"],
    [{ temporaryBytes: -1 }, "temporaryBytes is -1"],
    [{ timeoutMs: Number.NaN }, "timeoutMs is null"],
    [{ runtime: "" }, 'runtime is ""'],
    [{ allowedImages: "plinth.example/node:24" }, "one of allowedImages"],
  ])("refuse %j", (options, message) => {
    expect(() => containerBackend({ image: standInImage, allowedImages: [standInImage], ...options })).toThrow(message);
  });
});
