import { alerts } from "./alerts.ts";

/** The rules file of Prometheus. Strings stand in double quotes as in JSON, which YAML reads the same. */
export function renderAlertRules(): string {
  const rules = alerts.flatMap(({ name, expr, for: duration, severity, summary, action }) => [
    `      - alert: ${name}`,
    `        expr: ${JSON.stringify(expr)}`,
    `        for: ${duration}`,
    "        labels:",
    `          severity: ${severity}`,
    "        annotations:",
    `          summary: ${JSON.stringify(summary)}`,
    `          description: ${JSON.stringify(action)}`,
  ]);
  return [
    "# Rendered by `node scripts/write-reference.ts`; a test keeps it current. What to do is in docs/guides/observability.md.",
    "groups:",
    "  - name: plinth",
    "    rules:",
    ...rules,
    "",
  ].join("\n");
}
