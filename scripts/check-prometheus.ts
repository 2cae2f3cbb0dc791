import { checkScrape } from "./monitoring/check-scrape.ts";
import { hasPrometheus } from "./monitoring/prometheus-process.ts";

// node scripts/check-prometheus.ts http://127.0.0.1:9464/metrics
// Has a real Prometheus scrape a server that runs, and says what it understood. The server must have served a call.
const [url] = process.argv.slice(2);
if (url === undefined) {
  console.error("Say where the metrics are: node scripts/check-prometheus.ts http://127.0.0.1:9464/metrics");
  process.exitCode = 2;
} else if (hasPrometheus()) {
  for (const line of await checkScrape(url)) console.log(line);
} else {
  const required = process.env.PLINTH_REQUIRE_PROMETHEUS === "1";
  console.error(`prometheus and promtool are not installed${required ? "" : ": skipped"}`);
  if (required) process.exitCode = 1;
}
