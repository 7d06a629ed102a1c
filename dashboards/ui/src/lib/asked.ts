/** What an address asks that the data does not have: told by the page, before the server is asked. */

import { isDay } from './dates'
import { COMPARISONS, GRAINS, RANGES, VIEWS } from './explore'
import { isFilter, readFilters } from './slice'
import type { Meta } from './types'

export interface Fault {
  problem: string
  hint: string
  /** Parameters to change, for each way out; null takes one away. */
  ways: { label: string; changes: Record<string, string | null> }[]
}

type Check = (value: string, meta: Meta) => string | null

const listed =
  (what: string, names: readonly string[]) =>
  (value: string): string | null =>
    names.includes(value) ? null : `There is no ${what} “${value}”.`
const dimension: Check = (value, { dimensions }) => {
  if (value.startsWith('tag:')) {
    return isEncoded(value) ? null : `The tag “${value.slice(4)}” is not written as an address needs it.`
  }
  return dimensions.some((one) => one.name === value) ? null : `There is no dimension “${value}”.`
}
const grouping: Check = (value, meta) => (value ? dimension(value, meta) : null)
const day: Check = (value) => (isDay(value) ? null : `“${value}” is not a day, written YYYY-MM-DD.`)
const filter: Check = (value, meta) => {
  if (!isFilter(value)) return `“${value}” is not a filter.`
  return readFilters([value]).map((one) => dimension(one.dimension, meta))[0] ?? null
}
const metric: Check = (value, { cost_metrics }) =>
  listed(
    'metric',
    cost_metrics.map((one) => one.metric),
  )(value)

const range = listed(
  'period',
  RANGES.map((one) => one.name),
)
const PERIOD: Record<string, Check> = { start: day, end: day, range }
/** The parameters each page reads; an unknown month depends on the currency and is judged apart. */
const CHECKS: Record<string, Record<string, Check>> = {
  explore: {
    ...PERIOD,
    metric,
    group: grouping,
    drill: dimension,
    filter,
    grain: listed('grain', GRAINS),
    view: listed('drawing', VIEWS),
    compare: listed('comparison', COMPARISONS),
  },
  entities: { ...PERIOD, kind: dimension },
  entity: { ...PERIOD, kind: dimension },
  anomalies: {
    days: (value) =>
      /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 400
        ? null
        : `“${value}” is not a number of days from 1 to 400.`,
    minimum: (value) => (/^\d+(\.\d+)?$/.test(value) ? null : `“${value}” is not an amount.`),
    acknowledged: listed('state', ['open', 'all']),
  },
}
const WITH_MONTH = ['overview', 'commitments', 'tags', 'invoices']

function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

/** The same page without parameters; a period goes as a whole, and an entity is nothing without its kind. */
function without(path: string, name: string): Fault['ways'] {
  if (path === 'entity' && name === 'kind') return []
  const changes = name in PERIOD ? { start: null, end: null, range: null } : { [name]: null }
  return [{ label: 'Show this page without it', changes }]
}

function faultOfCurrency(params: URLSearchParams, { currencies }: Meta): Fault | null {
  const asked = params.get('currency')
  if (asked === null || currencies.some((one) => one.currency === asked)) return null
  return {
    problem: `No bill is in the currency “${asked}”.`,
    hint: 'Amounts of different currencies are never added: choose one that is there.',
    ways: currencies.map(({ currency }) => ({ label: `Show ${currency}`, changes: { currency } })),
  }
}

function faultOfMonth(path: string, params: URLSearchParams, meta: Meta): Fault | null {
  const asked = params.get('month')
  const currency = params.get('currency') ?? meta.currency
  const months = meta.currencies.find((one) => one.currency === currency)?.months ?? []
  if (!asked || months.some((one) => one.month === asked)) return null
  return {
    problem: `There is no cost in the month “${asked}”.`,
    hint: `The bills in ${currency} are of ${months[0]?.month} to ${months.at(-1)?.month}.`,
    ways: without(path, 'month'),
  }
}

function faultOfPeriod(path: string, params: URLSearchParams): Fault | null {
  const [start, end] = [params.get('start'), params.get('end')]
  if ((start === null && end === null) || (start && end && start < end)) return null
  return {
    problem: `The period from ${start ?? 'no day'} to ${end ?? 'no day'} is none.`,
    hint: 'A period has a start and an end, and the end is the day after its last.',
    ways: without(path, 'start'),
  }
}

/** The first thing an address asks in vain, or null. */
export function faultOf(path: string, params: URLSearchParams, meta: Meta): Fault | null {
  const currency = faultOfCurrency(params, meta)
  if (currency) return currency
  if (WITH_MONTH.includes(path)) return faultOfMonth(path, params, meta)
  const checks = CHECKS[path] ?? {}
  for (const [name, check] of Object.entries(checks)) {
    const problem = params
      .getAll(name)
      .map((value) => check(value, meta))
      .find(Boolean)
    if (problem) {
      return { problem, hint: `It is the “${name}” of the address.`, ways: without(path, name) }
    }
  }
  if (path === 'entity' && !params.get('kind')) {
    return { problem: 'The address does not say what to show.', hint: '', ways: [] }
  }
  return 'start' in checks ? faultOfPeriod(path, params) : null
}
