import { formatFigure } from "./format-figure.ts";

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Ends of the whisker: the lowest and the highest round. */
  readonly range: readonly [low: number, high: number];
  /** `ours` and `reference` stand out. */
  readonly kind: "ours" | "reference" | "other";
}

/** A chart's texts. */
export interface BarChartOptions {
  readonly title: string;
  /** What is shown, in a sentence, for those who do not see it. */
  readonly description: string;
  readonly unit: string;
}

const width = 760;
const labelWidth = 190;
const valueWidth = 120;
const rowHeight = 26;
const barHeight = 16;
const headHeight = 44;

/**
 * Horizontal bars as an SVG that reads in light and in dark: it follows the reader's colour scheme, has no background of
 * its own, and carries a title and a description.
 */
export function renderBarChart(bars: readonly Bar[], { title, description, unit }: BarChartOptions): string {
  const height = headHeight + bars.length * rowHeight + 8;
  const most = Math.max(...bars.map(({ value, range }) => Math.max(value, range[1])), 0);
  const toLength = (value: number): number =>
    most === 0 ? 0 : Math.max(0, (Math.max(value, 0) / most) * (width - labelWidth - valueWidth));
  const rows = bars.map(({ label, value, range, kind }, index) => {
    const top = headHeight + index * rowHeight;
    const middle = top + barHeight / 2;
    const [from, to] = range.map((end) => labelWidth + toLength(end)) as [number, number];
    const end = Math.max(to, labelWidth + toLength(value));
    return [
      `  <text class="label" x="${labelWidth - 8}" y="${middle + 4}" text-anchor="end">${escape(label)}</text>`,
      `  <rect class="${kind}" x="${labelWidth}" y="${top}" width="${place(Math.max(1, toLength(value)))}" height="${barHeight}" rx="2"/>`,
      `  <path class="whisker" d="M${place(from)} ${middle}H${place(to)}"/>`,
      `  <text class="value" x="${place(end + 6)}" y="${middle + 4}">${escape(formatFigure(value))} ${escape(unit)}</text>`,
    ].join("\n");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `  <title id="title">${escape(title)}</title>`,
    `  <desc id="description">${escape(description)}</desc>`,
    style,
    `  <text class="title" x="8" y="22">${escape(title)}</text>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

const style = `  <style>
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; font-size: 15px; }
    .ours { fill: #0969da; }
    .reference { fill: #9a6700; }
    .other { fill: #848d97; }
    .whisker { stroke: #1f2328; stroke-width: 1.5; opacity: 0.7; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .ours { fill: #4493f8; }
      .reference { fill: #d29922; }
      .other { fill: #6e7681; }
      .whisker { stroke: #f0f6fc; }
    }
  </style>`;

function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
