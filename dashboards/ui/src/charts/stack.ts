/** The option of a stacked bar, area or line chart over time. */

import type { EChartsCoreOption } from 'echarts/core'
import { ink, type Theme } from '../lib/palette'
import { pageFont, tip, tipBox, type TipRow } from './tooltip'

export interface Line {
  label: string
  color: string
  /** One for each bucket; NaN where there is nothing. */
  values: number[]
  /** What the text alternative says for each bucket. */
  texts: string[]
  /** What the tooltip says of a bucket: every digit. */
  exactly: (bucket: number) => string
}

export interface StackInput {
  kind: 'bar' | 'area' | 'line'
  buckets: { label: string; title: string; isPartial: boolean }[]
  lines: Line[]
  /** The period compared with, as one dashed line. */
  before?: Line
  /** What the tooltip says of all lines of a bucket. */
  total?: (bucket: number) => string
  theme: Theme
  axis: (value: number) => string
  max?: number
}

const TIP_ROWS = 12
/** So many bars of a series are drawn as one path: they cannot be hatched or dimmed one by one. */
const MANY = 100

function hasMany(input: StackInput): boolean {
  return input.buckets.length > MANY
}

function hatch(theme: Theme): Record<string, unknown> {
  return {
    symbol: 'rect',
    dashArrayX: [1, 0],
    dashArrayY: [3, 4],
    rotation: -Math.PI / 4,
    color: ink(theme).hatch,
  }
}

function tooltipRows(input: StackInput, index: number): TipRow[] {
  const shown = input.lines
    .filter((line) => line.values[index])
    .sort((a, b) => Math.abs(b.values[index]!) - Math.abs(a.values[index]!))
  const rows: TipRow[] = shown
    .slice(0, TIP_ROWS)
    .map((line) => ({ color: line.color, label: line.label, value: line.exactly(index) }))
  if (shown.length > TIP_ROWS) rows.push({ label: `and ${shown.length - TIP_ROWS} more`, value: '' })
  if (input.total) rows.push({ label: 'Total', value: input.total(index), isStrong: true })
  const { before } = input
  if (before?.texts[index]) rows.push({ label: before.label, value: before.exactly(index) })
  return rows
}

function barSeries(input: StackInput): Record<string, unknown>[] {
  const { panel } = ink(input.theme)
  const decal = hatch(input.theme)
  const many = hasMany(input)
  return input.lines.map((line) => ({
    type: 'bar',
    name: line.label,
    stack: 'all',
    large: many,
    largeThreshold: MANY,
    barMaxWidth: 68,
    barCategoryGap: input.buckets.length > 45 ? '12%' : '32%',
    itemStyle: { color: line.color, borderColor: panel, borderWidth: input.buckets.length > 45 ? 0 : 0.75 },
    emphasis: many ? { disabled: true } : { focus: 'series', blurScope: 'coordinateSystem' },
    blur: { itemStyle: { opacity: 0.28 } },
    data: line.values.map((value, at) =>
      input.buckets[at]?.isPartial && !many ? { value, itemStyle: { decal } } : value,
    ),
  }))
}

function lineSeries(input: StackInput): Record<string, unknown>[] {
  const isArea = input.kind === 'area'
  return input.lines.map((line) => ({
    type: 'line',
    name: line.label,
    stack: isArea ? 'all' : undefined,
    symbol: 'circle',
    symbolSize: 5,
    showSymbol: input.buckets.length < 3,
    triggerLineEvent: true,
    lineStyle: { width: isArea ? 1 : 2, color: line.color },
    itemStyle: { color: line.color },
    areaStyle: isArea ? { color: line.color, opacity: 0.78 } : undefined,
    emphasis: { focus: 'series' },
    data: line.values,
  }))
}

/** The last buckets that are still being filled, as a hatched strip behind lines and many bars. */
function partialStrip(input: StackInput): Record<string, unknown>[] {
  if ((input.kind === 'bar' && !hasMany(input)) || !input.buckets.some((one) => one.isPartial)) return []
  return [
    {
      type: 'bar',
      name: '',
      silent: true,
      yAxisIndex: 1,
      barWidth: '100%',
      barGap: '-100%',
      z: 0,
      tooltip: { show: false },
      itemStyle: { color: ink(input.theme).line, opacity: 0.6, decal: hatch(input.theme) },
      data: input.buckets.map((one) => (one.isPartial ? 1 : null)),
    },
  ]
}

export function stackOption(input: StackInput): EChartsCoreOption {
  const { text, muted, line } = ink(input.theme)
  const series = input.kind === 'bar' ? barSeries(input) : lineSeries(input)
  if (input.before) {
    series.push({
      type: 'line',
      name: input.before.label,
      symbol: 'none',
      z: 5,
      silent: true,
      lineStyle: { color: text, width: 1.5, type: [4, 4], opacity: 0.75 },
      data: input.before.values,
    })
  }
  series.push(...partialStrip(input))
  return {
    animation: false,
    textStyle: { fontFamily: pageFont() },
    grid: { left: 8, right: 8, top: 14, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      ...tipBox(input.theme),
      trigger: 'axis',
      axisPointer: {
        type: input.kind === 'bar' ? 'shadow' : 'line',
        shadowStyle: { color: muted, opacity: 0.08 },
      },
      formatter: (found: { dataIndex: number }[]) => {
        const at = found[0]?.dataIndex ?? 0
        return tip(input.buckets[at]?.title ?? '', tooltipRows(input, at), input.theme)
      },
    },
    xAxis: {
      type: 'category',
      data: input.buckets.map((one) => one.label),
      boundaryGap: input.kind === 'bar' || input.buckets.some((one) => one.isPartial),
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: muted, fontSize: 11, hideOverlap: true },
    },
    yAxis: [
      {
        type: 'value',
        max: input.max,
        splitNumber: 4,
        splitLine: { lineStyle: { color: line } },
        axisLabel: { color: muted, fontSize: 11, formatter: input.axis },
      },
      { type: 'value', min: 0, max: 1, show: false },
    ],
    series,
  }
}
