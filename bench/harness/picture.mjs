/** Pictures of tables: a panel for each case, in it a dot for each engine on a logarithmic axis. */
import { peer } from "../peers.mjs";
import { amount } from "./units.mjs";

/** Panels stand side by side, so that a picture fits on a screen. */
const LINE = 15;
const PANEL = 210;
const PANELS_IN_A_ROW = 3;
/** What a figure needs to the right of its dot, as a part of the axis. */
const ROOM_FOR_A_FIGURE = 0.35;

const ours = "indexof(datum.engine, 'moonkeep') === 0";
const color = { condition: { test: ours, value: "#2a6f97" }, value: "#7c8a94" };

/** @returns SVG: medians as dots with their figures, and the middle half of all runs as a line */
export async function picture({ title, unit, columns, rows }) {
  const vega = await peer("vega");
  const vegaLite = await peer("vega-lite");
  const titleOf = Object.fromEntries(columns.map((column) => [column.name, column.title]));
  const data = rows.flatMap(({ name, cells }) =>
    Object.entries(cells)
      .filter(([, { median }]) => median > 0)
      .map(([engine, { median, low, high }]) => ({
        case: name,
        engine: titleOf[engine],
        median,
        low: Math.min(low > 0 ? low : median, median),
        high: Math.max(high, median),
        figure: amount(median, unit),
      })),
  );
  const least = Math.min(...data.map(({ low }) => low));
  const most = Math.max(...data.map(({ high }) => high));
  const tens = Array.from({ length: 24 }, (_, i) => 10 ** (i - 6));
  const domain = [least / 1.3, most * Math.max(2, (most / least) ** ROOM_FOR_A_FIGURE)];
  const x = (field) => ({
    field,
    type: "quantitative",
    title: null,
    scale: { type: "log", domain, nice: false },
    axis: { labels: false, ticks: false, domain: false, values: tens },
  });
  const y = {
    field: "engine",
    type: "nominal",
    title: null,
    sort: columns.map((column) => column.title),
    axis: { labelLimit: 240, grid: false, ticks: false, domain: false },
  };
  const spec = {
    background: "white",
    title: {
      text: title,
      subtitle: "less, further to the left, is better; from one line to the next it is ten times as much",
      anchor: "start",
    },
    data: { values: data },
    facet: { field: "case", type: "nominal", title: null, sort: rows.map(({ name }) => name) },
    columns: PANELS_IN_A_ROW,
    spec: {
      width: PANEL,
      height: { step: LINE },
      layer: [
        {
          mark: { type: "rule", strokeWidth: 2, opacity: 0.5 },
          encoding: { y, x: x("low"), x2: { field: "high" }, color },
        },
        { mark: { type: "point", filled: true, size: 40, opacity: 1 }, encoding: { y, x: x("median"), color } },
        {
          mark: { type: "text", align: "left", dx: 7, fontSize: 10 },
          encoding: { y, x: x("high"), text: { field: "figure" }, color },
        },
      ],
    },
    config: {
      view: { stroke: "#dddddd" },
      facet: { spacing: 12 },
      header: { labelFontWeight: "bold", labelAnchor: "start", labelOffset: 0 },
    },
  };
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
