/** Dates are UTC days 'YYYY-MM-DD' and months 'YYYY-MM'; ends are exclusive. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export type Grain = 'day' | 'week' | 'month' | 'quarter'

function utc(day: string): Date {
  return new Date(`${day.length === 7 ? `${day}-01` : day.slice(0, 10)}T00:00:00Z`)
}

function iso(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** Whether a text is a day of the calendar, of the years that bills can be of. */
export function isDay(text: string): boolean {
  const isWritten = /^\d{4}-\d{2}-\d{2}$/.test(text) && text >= '1970' && text < '2200'
  const date = isWritten ? utc(text) : new Date(NaN)
  return !Number.isNaN(date.getTime()) && iso(date) === text
}

export function addDays(day: string, days: number): string {
  const date = utc(day)
  date.setUTCDate(date.getUTCDate() + days)
  return iso(date)
}

export function addMonths(day: string, months: number): string {
  const date = utc(day.slice(0, 7))
  date.setUTCMonth(date.getUTCMonth() + months)
  return iso(date)
}

export function daysBetween(start: string, end: string): number {
  return Math.round((utc(end).getTime() - utc(start).getTime()) / 86_400_000)
}

export function firstOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`
}

export function monthName(month: string): string {
  const date = utc(month)
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** 'Nov 26', for axes. */
export function monthShort(month: string): string {
  const date = utc(month)
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCFullYear()).slice(2)}`
}

export function dayName(day: string): string {
  const date = utc(day)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** '1 Jan \u2013 27 Nov 2026' for a period whose end is exclusive. */
export function periodName(start: string, end: string): string {
  const last = addDays(end, -1)
  if (start === last) return dayName(start)
  const whole = start.endsWith('-01') && end.endsWith('-01')
  if (whole && addMonths(start, 1) === end) return monthName(start)
  const sameYear = start.slice(0, 4) === last.slice(0, 4)
  if (whole) {
    const from = sameYear ? MONTHS[utc(start).getUTCMonth()] : monthName(start)
    return `${from} \u2013 ${monthName(last)}`
  }
  const from = sameYear ? dayName(start).replace(/ \d{4}$/, '') : dayName(start)
  return `${from} \u2013 ${dayName(last)}`
}

/** What was compared: the earlier period, and the own days where they are not all of the period. */
export function comparedName(
  compare: { start: string; end: string; own_end: string; is_covered: boolean },
  start: string,
  end: string,
): string {
  const earlier = periodName(compare.start, compare.end)
  if (compare.own_end <= start) return `no complete day in ${periodName(start, end)}`
  if (!compare.is_covered) return `no full data for ${earlier}`
  return compare.own_end < end ? `${periodName(start, compare.own_end)} against ${earlier}` : earlier
}

/** The label of one bucket on an axis. */
export function bucketName(start: string, grain: Grain): string {
  if (grain === 'month') return monthShort(start)
  const date = utc(start)
  if (grain === 'quarter') {
    return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${String(date.getUTCFullYear()).slice(2)}`
  }
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
}

/** '2026-11-28 06:00 UTC' */
export function timeName(time: string | null): string {
  if (!time) return 'unknown'
  return time.length <= 10 ? dayName(time) : `${dayName(time.slice(0, 10))} ${time.slice(11, 16)} UTC`
}
