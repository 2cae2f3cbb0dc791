/** Who makes a call, as verified at the edge. */
export interface Principal {
  /** Stable id: a subject, a key id, a service name. Never a secret. */
  readonly id: string;
  /** What the caller may do, as OAuth scopes. */
  readonly scopes: readonly string[];
  /** The tenant the caller belongs to, where there are tenants. */
  readonly tenant?: string;
  /** Verified claims, for middleware. */
  readonly claims?: Readonly<Record<string, unknown>>;
}
