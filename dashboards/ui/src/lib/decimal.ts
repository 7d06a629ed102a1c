/**
 * Exact sums of amounts, which arrive as decimal strings: floats are for drawing alone.
 *
 * An amount is digits with an optional sign and fraction, as the API writes it: no exponent.
 */

import type { Amount } from './format'

interface Decimal {
  /** The digits without the point. */
  digits: bigint
  /** How many of them are behind it. */
  scale: number
}

const ZERO: Decimal = { digits: 0n, scale: 0 }

function parse(value: string): Decimal {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? []
  if (whole === undefined) throw new RangeError(`not a decimal: ${value}`)
  return { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length }
}

function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  const at = (one: Decimal): bigint => one.digits * 10n ** BigInt(scale - one.scale)
  return { digits: at(a) + at(b), scale }
}

function text({ digits, scale }: Decimal): string {
  const size = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  const whole = size.slice(0, size.length - scale)
  return (digits < 0n ? '-' : '') + whole + (scale ? `.${size.slice(-scale)}` : '')
}

/** The sum of all amounts there are; '0' of none. */
export function sum(values: Amount[]): string {
  return running(values).at(-1) ?? '0'
}

/** The sum up to and with each of the amounts; one that is not there adds nothing. */
export function running(values: Amount[]): string[] {
  let all = ZERO
  return values.map((value) => {
    if (value) all = plus(all, parse(value))
    return text(all)
  })
}

/** An amount by a count of 1 or more, rounded half away from zero to six decimals. */
export function quotient(amount: string, count: number): string {
  const { digits, scale } = parse(amount)
  const shifted = digits * 10n ** BigInt(Math.max(0, 6 - scale))
  const by = BigInt(count) * 10n ** BigInt(Math.max(0, scale - 6))
  const size = shifted < 0n ? -shifted : shifted
  const rounded = (2n * size + by) / (2n * by)
  return text({ digits: shifted < 0n ? -rounded : rounded, scale: 6 })
}

/** What is left of an amount when another is taken from it. */
export function minus(from: string, taken: string): string {
  const { digits, scale } = parse(taken)
  return text(plus(parse(from), { digits: -digits, scale }))
}
