import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { DatasetComponent, GridComponent, TooltipComponent } from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { seriesColors, tokenColor } from './token-color.ts';

use([BarChart, LineChart, ScatterChart, DatasetComponent, GridComponent, TooltipComponent, CanvasRenderer]);

export interface ChartProps {
  /** What it shows, for those who do not see it; the numbers belong in a table beside it. */
  readonly label: string;
  /** Options of ECharts; colours of axes and series come from the theme. Memoised. */
  readonly option: EChartsCoreOption;
  readonly height: number;
}

/** A chart in the portal's colours. Import it lazily: it is as large as the rest of a page. */
export function Chart({ label, option, height }: ChartProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const chart = init(element);
    const draw = (): void => chart.setOption(themed(option), true);
    draw();
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      themes.disconnect();
      scheme.removeEventListener('change', draw);
      chart.dispose();
    };
  }, [option]);
  return <div ref={place} role="img" aria-label={label} style={{ height }} className="w-full min-w-0" />;
}

function themed(option: EChartsCoreOption): EChartsCoreOption {
  const ink = tokenColor('--ink-2');
  const line = tokenColor('--line');
  const axis = (own: unknown): unknown => ({
    axisLabel: { color: ink, fontSize: 11 },
    axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line } },
    ...(typeof own === 'object' ? own : {}),
  });
  return {
    animation: false,
    color: [...seriesColors()],
    textStyle: { fontFamily: 'Inter Variable, system-ui, sans-serif', color: ink },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: tokenColor('--surface-1'),
      borderColor: line,
      textStyle: { color: tokenColor('--ink-1'), fontSize: 12 },
    },
    ...option,
    xAxis: axis(option['xAxis']),
    yAxis: axis(option['yAxis']),
  };
}
