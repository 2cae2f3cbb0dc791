import { alerts } from "./alerts.ts";

/** The alerts as the guide has them: when each fires, and what to do. */
export function renderAlertTable(): string {
  const rows = alerts.map(({ name, expr, for: duration, severity, action }) => [
    `\`${name}\``,
    severity,
    `\`${expr.replaceAll("|", "\\|")}\`${duration === "0m" ? "" : ` for ${duration}`}`,
    action,
  ]);
  const head = ["Alert", "Severity", "When", "What to do"];
  return `${[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}
