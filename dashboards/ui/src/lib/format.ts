/**
 * How amounts, ratios and times are written.
 *
 * Amounts arrive as exact decimal strings. One rule abbreviates: below 10,000 in full, above it
 * three significant digits with K, M, B or T. `exact` never passes through a float.
 */

const MINUS = '\u2212'
const NONE = '\u2013'
const SCALES: readonly [number, string][] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
]

export type Amount = string | null | undefined

export function number(value: Amount): number {
  return value === null || value === undefined || value === '' ? NaN : Number(value)
}

const symbols = new Map<string, string>()

/** The currency's narrow symbol, or its code with a space; nothing for 'no currency'. */
export function symbol(currency: string): string {
  const known = symbols.get(currency)
  if (known !== undefined) return known
  let found = ''
  if (/^[A-Z]{3}$/.test(currency)) {
    const parts = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    }).formatToParts(0)
    found = parts.find((part) => part.type === 'currency')?.value ?? currency
    if (found.length > 2) found += '\u00a0'
  }
  symbols.set(currency, found)
  return found
}

function signed(value: number, prefix: string, body: string, plus: boolean): string {
  const sign = value < 0 ? MINUS : plus && value > 0 ? '+' : ''
  return sign + prefix + body
}

const formats = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
)

function grouped(value: number | Intl.StringNumericLiteral, digits: 0 | 1 | 2): string {
  return formats[digits]!.format(value)
}

function abbreviated(size: number): string {
  if (size >= 9999.5) {
    const [scale, letter] = SCALES.find(([least]) => size >= least * 0.9995) ?? [1e3, 'K']
    const scaled = size / scale
    return grouped(scaled, scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2) + letter
  }
  if (size >= 99.995 || size === 0) return grouped(size, 0)
  return size < 0.005 ? '0.00' : grouped(size, 2)
}

/** For tiles, axes and marks. */
export function short(value: Amount | number, currency: string, plus = false): string {
  const parsed = typeof value === 'number' ? value : number(value)
  if (Number.isNaN(parsed)) return NONE
  const size = Math.abs(parsed)
  return signed(size < 0.005 ? 0 : parsed, symbol(currency), abbreviated(size), plus)
}

/** For tables: always to the cent, so that columns align; rounded from all its digits. */
export function cents(value: Amount, currency: string, plus = false): string {
  if (!value) return NONE
  const isLess = value.startsWith('-')
  const size = grouped((isLess ? value.slice(1) : value) as Intl.StringNumericLiteral, 2)
  return signed(size === '0.00' ? 0 : isLess ? -1 : 1, symbol(currency), size, plus)
}

/** Every digit there is, for tooltips: 'USD 1,234.5678'. */
export function exact(value: Amount, currency: string | null): string {
  if (value === null || value === undefined) return 'none'
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? []
  if (whole === '') return value
  const digits = fraction.replace(/0+$/, '').padEnd(currency ? 2 : 0, '0')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (digits && `.${digits}`)
  return `${currency ? `${currency} ` : ''}${sign && MINUS}${text}`
}

/** A ratio as a percentage; a change over tenfold is told as such. */
export function percent(ratio: Amount | number, plus = false): string {
  const parsed = typeof ratio === 'number' ? ratio : number(ratio)
  if (Number.isNaN(parsed)) return NONE
  if (plus && parsed >= 9.995) return '>+999%'
  const size = Math.abs(parsed) * 100
  return signed(size < 0.05 ? 0 : parsed, '', `${grouped(size, 1)}%`, plus)
}

const ratios = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 4,
  maximumFractionDigits: 4,
})

/** A ratio for tooltips: a percentage with four decimals, rounded from all its digits. */
export function exactPercent(ratio: Amount | number): string {
  if (ratio === null || ratio === undefined || ratio === '') return 'none'
  return ratios.format(ratio as Intl.StringNumericLiteral).replace(/^-/, MINUS)
}

/** A change of a ratio for tooltips, in points with four decimals. */
export function exactPoints(change: Amount): string {
  return change ? exactPercent(change).replace('%', ' pt') : 'none'
}

export function points(change: Amount): string {
  const parsed = number(change)
  if (Number.isNaN(parsed)) return NONE
  const size = Math.abs(parsed) * 100
  return signed(size < 0.05 ? 0 : parsed, '', `${grouped(size, 1)} pt`, true)
}

const prices = new Intl.NumberFormat('en', {
  maximumFractionDigits: 2,
  maximumSignificantDigits: 5,
  roundingPriority: 'morePrecision',
})

/** The price of a unit, often far below a cent: five digits that count, or to the cent if that is more. */
export function unitPrice(price: Amount, currency: string): string {
  if (!price) return NONE
  const isLess = price.startsWith('-')
  const size = prices.format((isLess ? price.slice(1) : price) as Intl.StringNumericLiteral)
  const [whole, fraction = ''] = size.split('.')
  return `${currency} ${isLess ? MINUS : ''}${whole}.${fraction.padEnd(2, '0')}`
}

/** The part of a long id that tells it from others; its whole belongs on hover. */
export function brief(label: string): string {
  if (label.startsWith('arn:')) return label.split(':').slice(5).join(':') || label
  if (/^\/?(subscriptions|projects|providers|organizations)\//i.test(label) || label.startsWith('//')) {
    return label.split('/').filter(Boolean).at(-1) ?? label
  }
  return label
}

export function count(value: number | Amount): string {
  const parsed = typeof value === 'number' ? value : number(value)
  return Number.isNaN(parsed) ? NONE : parsed.toLocaleString('en', { maximumFractionDigits: 3 })
}

export function bytes(value: number | null): string {
  if (value === null) return NONE
  const power = value < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10))
  return `${grouped(value / 1024 ** power, power ? 1 : 0)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`
}
