import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

export const eventLoopStall: Rule = {
  id: "event-loop-stall",
  severity: "warning",
  finds: "a component during whose calls the event loop stood still for more than 100 ms; 1 s is an error",
  why:
    "While one call computes or reads synchronously, no other call of the process is served, and no timeout fires. Seen at run time " +
    "only: pass what watchStalls(server) found. A stall is put down to the calls in flight, so a neighbour may be named with it.",
  remedy: "Use the asynchronous variant of what it calls, or move the computation to a worker thread.",
  *check({ components }, { stalls, thresholds }) {
    const byName = new Map(components.map((component) => [`${component.kind} ${component.name}`, component]));
    for (const { component: found, count, longestMs, totalMs } of stalls) {
      if (!(longestMs > thresholds.stallMs)) continue;
      const component = byName.get(`${found.kind} ${found.name}`);
      const who = component === undefined && found.kind !== "server" ? `${found.kind} ${showText(found.name)}: ` : "";
      const message = `${who}The event loop stood still ${count} times, ${Math.round(longestMs)} ms at the longest and ${Math.round(totalMs)} ms in all.`;
      yield { ...(component && { component }), severity: longestMs >= 1_000 ? "error" : "warning", message };
    }
  },
};
