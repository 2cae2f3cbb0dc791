import { join } from "node:path";
import { promtool, startPrometheus } from "./prometheus-process.ts";

const rules = join(import.meta.dirname, "../../deploy/prometheus/plinth-alerts.yml");

/**
 * Has a real Prometheus scrape a server, and asks it for what it has understood.
 *
 * @param metricsUrl Where the server's metrics are.
 * @returns What was found, one line each.
 * @throws Error that says what is missing, or what promtool finds wrong with the text
 */
export async function checkScrape(metricsUrl: string): Promise<string[]> {
  const { host } = new URL(metricsUrl);
  const text = await (await fetch(metricsUrl)).text();
  await promtool(["check", "metrics"], text);
  await using prometheus = await startPrometheus([host], rules);
  await prometheus.eventually('up{job="plinth"} == 1');
  const [build] = await prometheus.eventually("plinth_build_info");
  await prometheus.eventually("plinth_server_ready == 1");
  const [series] = await prometheus.eventually('count({__name__=~"plinth_.+"})');
  const [calls] = await prometheus.eventually("sum(plinth_call_duration_seconds_count)");
  const alerts = await prometheus.query("ALERTS");
  const names = alerts.map(({ metric }) => `${metric["alertname"]} (${metric["alertstate"]})`);
  if (names.length > 0) throw new Error(`These alerts are on: ${names.join(", ")}`);
  const exemplars = await prometheus.exemplars("plinth_call_duration_seconds_bucket");
  return [
    `up: 1, server ${build?.metric["server"]} ${build?.metric["version"]}`,
    `${series?.value[1]} series of plinth_*, ${calls?.value[1]} calls`,
    `${exemplars} exemplars`,
    "no alert is on",
  ];
}
