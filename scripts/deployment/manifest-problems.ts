import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";

/** A Kubernetes object, read from YAML. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

const models = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
  ServiceMonitor,
];

/**
 * Checks an object with the schema of its kind, and for fields that the schema does not know: an API server drops those
 * without a word, and a misspelt `securityContext` is none.
 *
 * @returns One sentence per problem.
 */
export function manifestProblems(manifest: Manifest): string[] {
  const { apiVersion, kind, metadata } = manifest;
  const place = `${kind} ${metadata.name}`;
  const model = models.find((candidate) => candidate.apiVersion === apiVersion && candidate.kind === kind);
  if (model === undefined) return [`${place}: no schema of ${apiVersion} is known here; add its model.`];
  const unread = new Set<string>();
  try {
    // Not of an instance, whose constructor would read and copy everything.
    model.prototype.validate.call(watch(manifest, "", unread));
  } catch (error) {
    return [`${place}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return [...unread].map((path) => `${place}: ${path.slice(1)} is no field of its kind.`);
}

/** Wraps a value so that `unread` keeps the paths that nobody has looked at: a validator looks at what its schema has. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const children = new Map<string, unknown>();
  for (const [key, child] of Object.entries(value)) {
    if (!Array.isArray(value)) unread.add(`${path}.${key}`);
    children.set(key, watch(child, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, unread));
  }
  return new Proxy(value, {
    get(target, key, receiver) {
      if (typeof key !== "string" || !children.has(key)) return Reflect.get(target, key, receiver) as unknown;
      unread.delete(`${path}.${key}`);
      return children.get(key);
    },
  });
}
