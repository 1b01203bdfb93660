/** ECharts, with only what bars need, drawing SVG. It comes when a chart is first shown. */

import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent } from "echarts/components";
import { init, use, type ECharts, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, AriaComponent, GridComponent, LegendComponent, SVGRenderer]);

export type { ECharts };

export function begin(box: HTMLElement, width: number, height: number): ECharts {
  return init(box, null, { renderer: "svg", width, height });
}

export function show(chart: ECharts, option: EChartsCoreOption, width: number, height: number): void {
  chart.resize({ width, height });
  chart.setOption(option, { notMerge: true });
}
