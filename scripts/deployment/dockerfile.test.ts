import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { validate } from "dockerfile-utils";
import { expect, onTestFinished, test } from "vitest";
import { cleanBuild } from "./clean-build.ts";
import { dockerContext } from "./docker-context.ts";
import { readStages, type Step } from "./dockerfile-stages.ts";
import { imageProblems } from "./image-problems.ts";

const root = join(import.meta.dirname, "../..");
const dockerfile = await readFile(join(root, "Dockerfile"), "utf8");
const ignoreFile = await readFile(join(root, ".dockerignore"), "utf8");
const stages = readStages(dockerfile);
const steps = stages.flatMap((stage) => stage.steps);
const final = stages.at(-1)?.steps ?? [];
const last = (keyword: string): Step | undefined => final.findLast((step) => step.keyword === keyword);
const commands = steps.filter(({ keyword }) => keyword === "RUN").map(({ text }) => text);

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plinth-dockerfile-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

test("A linter of Dockerfiles finds nothing", () => {
  expect(validate(dockerfile).map(({ code, range }) => ({ line: range.start.line + 1, code }))).toEqual([]);
});

test("Every stage begins with one image that has a version, names no registry and can be pinned by digest", () => {
  const bases = new Set(stages.map(({ base }) => base));

  expect([...bases]).toEqual([expect.stringMatching(/^node:24-[a-z]+-slim$/)]);
  expect(dockerfile.match(/^FROM .*/gm)).toEqual(stages.map(({ name }) => `FROM \${NODE_IMAGE} AS ${name}`));
});

test("The image runs as a number that is not root, and starts without a shell", () => {
  expect(last("USER")?.text).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
  expect([last("ENTRYPOINT")?.isExec, last("CMD")?.isExec]).toEqual([true, true]);
  expect(last("ENTRYPOINT")?.words).toEqual(["/usr/bin/tini", "--"]);
});

test("The health check needs no program but node", () => {
  expect(last("HEALTHCHECK")?.text).toMatch(/^CMD \["node", /);
});

test("Packages of the distribution come without recommendations and leave no lists; npm's have a version", () => {
  for (const command of commands.filter((text) => text.includes("apt-get"))) {
    expect(command).toMatch(/apt-get install --yes --no-install-recommends /);
    expect(command).toContain("rm -rf /var/lib/apt/lists/*");
    expect(command).not.toContain("upgrade");
  }
  for (const command of commands.filter((text) => /npm install --global/.test(text))) {
    expect(command).toMatch(/@\d+\.\d+\.\d+$/);
  }
  expect(commands.join()).not.toMatch(/\b(?:curl|wget|sudo|chmod 777)\b/);
});

test("Nothing is fetched by ADD, and no secret is built in", () => {
  const set = steps.flatMap(({ properties }) => [...properties.keys()]);

  expect(steps.filter(({ keyword }) => keyword === "ADD")).toEqual([]);
  expect(set.filter((name) => /TOKEN|SECRET|PASSWORD|KEY|DATABASE_URL/.test(name))).toEqual([]);
});

test("The final stage takes files from the build alone", () => {
  const copies = final.filter(({ keyword }) => keyword === "COPY");

  expect(copies.map(({ flags }) => flags.get("from"))).toEqual(["build"]);
});

test.each([".env", "apps/example-server/.env", "apps/example-server/.env.local", ".git/config", "node_modules/a.js"])(
  "%s stays out of the build's context",
  (path) => {
    expect(dockerContext(ignoreFile)(path)).toBe(false);
  },
);

test.each(["package.json", "apps/example-server/.env.example", "packages/core/src/index.ts", "scripts/build.ts"])(
  "%s takes part in the build",
  (path) => {
    expect(dockerContext(ignoreFile)(path)).toBe(true);
  },
);

test("What must not be in an image is found, and so is a package that the bill does not list", async () => {
  const app = await folderWith({
    "dist/main.js": "",
    "dist/main.js.map": "",
    "dist/main.test.js": "",
    "dist/types.d.ts": "",
    ".env": "KEY=1",
    "node_modules/vitest/package.json": '{"name":"vitest","version":"1.0.0"}',
    "node_modules/zod/package.json": '{"name":"zod","version":"4.0.0"}',
    "sbom.cdx.json": '{"bomFormat":"CycloneDX","components":[{"name":"vitest","version":"1.0.0"}]}',
  });

  const problems = await imageProblems({ app, developmentPackages: new Set(["vitest"]) });

  expect(problems.toSorted()).toEqual([
    ".env holds settings of a machine.",
    "dist/main.js.map is a source map.",
    "dist/main.test.js is a test.",
    "dist/types.d.ts is a declaration.",
    "vitest is a package of the development.",
    "zod@4.0.0 is in the image and not in sbom.cdx.json.",
  ]);
});

test("A build runs its steps in the clean folder, and hands on what a later stage copies", async () => {
  const context = await folderWith({ "a.txt": "from the context", ".env": "secret" });
  const directory = await folderWith({});
  const text = [
    "FROM scratch AS build",
    "WORKDIR /app",
    "COPY . .",
    "RUN cp a.txt /out && ls -A > listing",
    "FROM scratch AS server",
    "WORKDIR /app",
    "COPY --from=build /app/listing ./",
    "ENV PLACE=/data/place",
    'CMD ["node", "main.js"]',
  ].join("\n");

  const built = await cleanBuild(readStages(text), { context, ignoreFile: ".env", directory, report() {} });

  expect(await readFile(join(directory, "build/out"), "utf8")).toBe("from the context");
  expect(await readFile(join(built.cwd, "listing"), "utf8")).toBe("a.txt\nlisting\n");
  expect(built).toMatchObject({ env: { PLACE: join(built.root, "data/place") }, command: ["node", "main.js"] });
});

test.each(["rm -rf /usr/lib", "cat /etc/passwd", "echo x >/root/x", 'ls "/etc"'])(
  "A step that names a folder of the machine is refused: %s",
  async (command) => {
    const directory = await folderWith({});
    const build = cleanBuild(readStages(`FROM scratch AS build\nRUN ${command}`), {
      context: directory,
      ignoreFile: "",
      directory,
      report() {},
    });

    await expect(build).rejects.toThrow("is no folder that a step may name here");
  },
);
