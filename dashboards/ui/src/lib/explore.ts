/** The explorer's state: read from the URL, written to the URL, asked of the API. */

import { addDays, addMonths, daysBetween, firstOfMonth, type Grain } from './dates'
import { readFilters, writeFilters, type Filter } from './slice'
import type { Meta } from './types'

export const VIEWS = ['bar', 'area', 'line', 'treemap', 'table'] as const
export type View = (typeof VIEWS)[number]
export const GRAINS: readonly Grain[] = ['day', 'week', 'month', 'quarter']

export const COMPARISONS = ['none', 'previous', 'year'] as const

export interface State {
  metric: string
  unit: string
  range: string
  start: string
  end: string
  grain: Grain
  group: string[]
  filters: Filter[]
  compare: (typeof COMPARISONS)[number]
  view: View
  isCumulative: boolean
  top: number
  drill: string[]
}

type Dates = Meta['currencies'][number]

/** Ranges counted back from the data's end; the day it ends is exclusive. */
export const RANGES: readonly { name: string; label: string; of: (dates: Dates) => [string, string] }[] = [
  { name: '7d', label: 'Last 7 days', of: (d) => [addDays(d.complete_until, -7), d.complete_until] },
  { name: '30d', label: 'Last 30 days', of: (d) => [addDays(d.complete_until, -30), d.complete_until] },
  { name: '90d', label: 'Last 90 days', of: (d) => [addDays(d.complete_until, -90), d.complete_until] },
  { name: 'month', label: 'This month', of: (d) => [firstOfMonth(d.last_date), addDays(d.last_date, 1)] },
  { name: 'last', label: 'Last month', of: (d) => [addMonths(d.last_date, -1), firstOfMonth(d.last_date)] },
  { name: '3m', label: 'Last 3 months', of: (d) => [addMonths(d.last_date, -2), addDays(d.last_date, 1)] },
  { name: '6m', label: 'Last 6 months', of: (d) => [addMonths(d.last_date, -5), addDays(d.last_date, 1)] },
  {
    name: 'ytd',
    label: 'Year to date',
    of: (d) => [`${d.last_date.slice(0, 4)}-01-01`, addDays(d.last_date, 1)],
  },
  { name: 'all', label: 'All data', of: (d) => [d.first_date, addDays(d.last_date, 1)] },
]

function oneOf<T extends string>(value: string | null, allowed: readonly T[], fallback: T): T {
  return allowed.includes(value as T) ? (value as T) : fallback
}

function fittingGrain(start: string, end: string): Grain {
  const days = daysBetween(start, end)
  return days <= 100 ? 'day' : 'month'
}

export function readState(params: URLSearchParams, dates: Dates): State {
  const given = params.get('start') && params.get('end')
  const preset =
    RANGES.find((one) => one.name === params.get('range')) ?? RANGES.find((one) => one.name === '6m')!
  const [start, end] = given ? [params.get('start')!, params.get('end')!] : preset.of(dates)
  const view = oneOf(params.get('view'), VIEWS, 'bar')
  return {
    metric: params.get('metric') ?? 'effective_cost',
    unit: params.get('unit') ?? '',
    range: given ? 'custom' : preset.name,
    start,
    end,
    grain: oneOf(params.get('grain'), GRAINS, fittingGrain(start, end)),
    group: params.has('group') ? params.getAll('group').filter(Boolean).slice(0, 2) : ['ServiceName'],
    filters: readFilters(params.getAll('filter')),
    compare: oneOf(params.get('compare'), COMPARISONS, 'previous'),
    view,
    isCumulative: params.get('cumulative') === '1' && view !== 'treemap' && view !== 'table',
    top: Math.min(20, Math.max(1, Number(params.get('top')) || 9)),
    drill: params.getAll('drill'),
  }
}

/** What `explore` is asked; its downloads take the same. */
export function question(state: State, currency: string): URLSearchParams {
  const asked = new URLSearchParams({
    currency,
    metric: state.metric,
    start: state.start,
    end: state.end,
    grain: state.grain,
  })
  for (const group of state.group) asked.append('group', group)
  for (const filter of writeFilters(state.filters)) asked.append('filter', filter)
  if (state.compare !== 'none') asked.set('compare', state.compare)
  if (state.metric === 'usage_quantity' && state.unit) asked.set('unit', state.unit)
  asked.set('top', String(state.top))
  return asked
}

/** The address that asks the same of any later data: nothing in it is left to a default. */
export function wholeQuestion(
  state: State,
  currency: string,
  unit: string,
  sort: string | null,
): URLSearchParams {
  const whole = question({ ...state, unit }, currency)
  if (!state.group.length) whole.set('group', '')
  whole.set('compare', state.compare)
  whole.set('view', state.view)
  if (state.isCumulative) whole.set('cumulative', '1')
  for (const dimension of state.drill) whole.append('drill', dimension)
  if (sort) whole.set('sort', sort)
  return whole
}

const PATH = ['ProviderName', 'ServiceCategory', 'ServiceName', 'SubAccountId', 'RegionId', 'ResourceId']

/** The dimension to show once one value of this one is chosen; none after the last. */
export function nextDimension(current: string, filters: Filter[], meta: Meta): string | null {
  const fixed = new Set(filters.filter((one) => one.op === 'in').map((one) => one.dimension))
  const known = new Set(meta.dimensions.map((one) => one.name))
  const open = PATH.filter((name) => known.has(name) && name !== current && !fixed.has(name))
  const position = PATH.indexOf(current)
  return open.find((name) => PATH.indexOf(name) > position) ?? open[0] ?? null
}
