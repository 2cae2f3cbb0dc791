import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { type Manifest, manifestProblems } from "./manifest-problems.ts";

const folder = join(import.meta.dirname, "../../deploy/kubernetes");
const isRequired = process.env.PLINTH_REQUIRE_KUBECTL === "1";
const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;

interface Container {
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
  readonly [key: string]: unknown;
}

interface DeploymentManifest extends Manifest {
  readonly spec: {
    readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata?: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
        readonly [key: string]: unknown;
      };
    };
  };
}

/** The objects in the files of a folder, without what kustomize makes of them. */
function filesOf(name: string): Manifest[] {
  const files = readdirSync(join(folder, name)).filter(
    (file) => file.endsWith(".yaml") && file !== "kustomization.yaml",
  );
  return files.map((file) => parse(readFileSync(join(folder, name, file), "utf8")) as Manifest);
}

/** The objects that would be applied. */
function rendered(overlay: string): Manifest[] {
  const text = execFileSync("kubectl", ["kustomize", join(folder, "overlays", overlay)], { encoding: "utf8" });
  return parseAllDocuments(text).map((document) => document.toJSON() as Manifest);
}

function ofKind(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Manifest;
}

const deployment = ofKind(filesOf("base"), "Deployment") as DeploymentManifest;
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

test("A misspelt field and a value of the wrong type are found", () => {
  const broken = structuredClone(deployment) as unknown as { spec: Record<string, unknown> };
  broken.spec["revisionHistroyLimit"] = 3;

  expect(manifestProblems(broken as unknown as Manifest)).toContain(
    "Deployment plinth-example: spec.revisionHistroyLimit is no field of its kind.",
  );
  broken.spec["replicas"] = "three";
  expect(manifestProblems(broken as unknown as Manifest).join()).toContain("replicas must be integer");
});

test.each(["base", "overlays/development", "overlays/production"])(
  "The files of %s name only fields that exist",
  (name) => {
    expect(filesOf(name).flatMap(manifestProblems)).toEqual([]);
  },
);

test("The pod has no powers, cannot write its own files and gets no token", () => {
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
  });
  expect(container).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "1Gi" } },
  });
  expect(Object.keys(pod)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(?:host|share)/)]));
  expect(JSON.stringify(pod)).not.toContain("hostPath");
});

test("The pod's user is the image's, and it can write where the image expects to", () => {
  const dockerfile = readFileSync(join(folder, "../../Dockerfile"), "utf8");
  const writable = container.volumeMounts.filter(({ readOnly }) => readOnly !== true);

  expect(dockerfile).toContain("USER 10001:10001");
  expect(writable.map(({ mountPath }) => mountPath)).toEqual(["/data", "/tmp"]);
});

test("A pod that ends has time for preStop and the server's drain", () => {
  const [, seconds] = container.lifecycle.preStop.exec.command;
  const drainSeconds = 10;

  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(seconds) + drainSeconds + 5);
});

test("A database that is down takes the pod out of service and does not restart it", () => {
  expect(container["readinessProbe"]).toMatchObject({ httpGet: { path: "/readyz", port: "http" } });
  expect(container["startupProbe"]).toMatchObject({ httpGet: { path: "/readyz", port: "http" } });
  expect(container.livenessProbe.httpGet.path).toBe("/healthz");
});

test("The network policy lets in the ingress and Prometheus, and out to DNS, the stores and the public web alone", () => {
  const policy = ofKind(filesOf("base"), "NetworkPolicy") as Manifest & {
    readonly spec: {
      readonly policyTypes: readonly string[];
      readonly ingress: readonly { readonly from?: readonly object[]; readonly ports: readonly { port: string }[] }[];
      readonly egress: readonly { readonly to?: readonly { ipBlock?: { cidr: string; except?: string[] } }[] }[];
    };
  };
  const blocks = policy.spec.egress.flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? []));

  expect(policy.spec.policyTypes).toEqual(["Ingress", "Egress"]);
  expect(policy.spec.ingress.map(({ from, ports }) => [from?.length, ports[0]?.port])).toEqual([
    [1, "http"],
    [1, "metrics"],
  ]);
  expect(policy.spec.egress.every(({ to = [] }) => to.length > 0)).toBe(true);
  expect(blocks.map(({ cidr }) => cidr)).toEqual(["0.0.0.0/0", "2000::/3"]);
  expect(blocks[0]?.except).toEqual(
    expect.arrayContaining(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"]),
  );
});

test.runIf(isRequired)("kubectl is installed where it is required", () => {
  expect(hasKubectl).toBe(true);
});

describe.skipIf(!hasKubectl).each(["development", "production"])(
  "%s, rendered (skipped without kubectl)",
  (overlay) => {
    const objects = hasKubectl ? rendered(overlay) : [];

    test("Every object is valid, and in the overlay's namespace", () => {
      const namespace = ofKind(objects, "Namespace").metadata.name;

      expect(objects.flatMap(manifestProblems)).toEqual([]);
      expect(objects.filter(({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== namespace)).toEqual(
        [],
      );
    });

    test("The selectors find the pods, and the pods find their settings", () => {
      const { spec } = ofKind(objects, "Deployment") as DeploymentManifest;
      const labels = spec.template.metadata?.labels;
      const service = ofKind(objects, "Service") as Manifest & { readonly spec: { readonly selector: object } };

      expect(labels).toMatchObject(spec.selector?.matchLabels ?? { missing: "yes" });
      expect(labels).toMatchObject(service.spec.selector);
      expect(spec.template.spec.containers[0]["envFrom"]).toEqual([
        { configMapRef: { name: ofKind(objects, "ConfigMap").metadata.name } },
      ]);
    });

    test("The namespace refuses pods that are not hardened, and the image has a tag", () => {
      const { metadata } = ofKind(objects, "Namespace") as Manifest & { readonly metadata: { labels: object } };
      const { spec } = ofKind(objects, "Deployment") as DeploymentManifest;

      expect(metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
      expect(spec.template.spec.containers[0].image).toMatch(/^plinth-example-server:(?!latest$)[\w.-]+$/);
    });
  },
);
