/** Columns of tables: what they say, sort by and tell on hover. */

import { isLevel, kindOf, type Change } from './change'
import { cents, count, exact, exactPercent, number, percent, type Amount } from './format'

export interface Column<R> {
  label: string
  /** What the head means, on hover. */
  hint?: string
  text: (row: R) => string | null
  /** What to sort by; a column without it does not sort, and a row without it comes last. */
  by?: (row: R) => number | string | null
  title?: (row: R) => string | null | undefined
  href?: (row: R) => string | undefined
  /** good, bad, warn or nothing: any of them makes the cell a badge. */
  tone?: (row: R) => string | undefined
  isNumber?: boolean
  /** Shown in full: 'line' on one line, as times are; 'wrap' on as many as it takes. */
  whole?: 'line' | 'wrap'
}

/** A relative change: new, gone, a percentage, or a dash where there is none. */
export function changeText(of: Change): string {
  const kind = kindOf(of)
  return kind === 'none' || kind === 'ratio' ? percent(of.change_ratio, true) : kind
}

type Currency<R> = string | ((row: R) => string | null)

/** What makes the columns of rows of one kind. */
export class Columns<R> {
  words(label: string, of: (row: R) => string | null, more: Partial<Column<R>> = {}): Column<R> {
    return { label, text: of, by: of, ...more }
  }

  /** An amount to the cent, with every digit on hover. */
  money(
    label: string,
    of: (row: R) => Amount,
    currency: Currency<R>,
    more: Partial<Column<R>> = {},
  ): Column<R> {
    const its = (row: R): string => (typeof currency === 'string' ? currency : (currency(row) ?? ''))
    return {
      label,
      isNumber: true,
      text: (row) => cents(of(row), its(row)),
      by: (row) => number(of(row)),
      title: (row) => exact(of(row), its(row)),
      ...more,
    }
  }

  /** The same with a plus before what grew. */
  difference(label: string, of: (row: R) => Amount, currency: Currency<R>): Column<R> {
    const its = (row: R): string => (typeof currency === 'string' ? currency : (currency(row) ?? ''))
    return this.money(label, of, currency, { text: (row) => cents(of(row), its(row), true) })
  }

  counted(label: string, of: (row: R) => number | null): Column<R> {
    return { label, isNumber: true, text: (row) => count(of(row)), by: of }
  }

  /** The relative change of a cost: more is bad. */
  changed(label: string, of: (row: R) => Change): Column<R> {
    return {
      label,
      isNumber: true,
      text: (row) => changeText(of(row)),
      by: (row) => number(of(row).change_ratio),
      title: (row) => (kindOf(of(row)) === 'ratio' ? exactPercent(of(row).change_ratio) : undefined),
      tone: (row) =>
        kindOf(of(row)) === 'none' || isLevel(of(row)) ? '' : number(of(row).change) > 0 ? 'bad' : 'good',
    }
  }
}
