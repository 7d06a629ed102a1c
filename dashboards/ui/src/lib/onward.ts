/** Ways from a row into the explorer: the charges that it is made of. */

import { addMonths } from './dates'
import { writeFilters, type Filter } from './slice'
import { href } from './state.svelte'

/** The charges of a month that pass the filters, by service and day. */
export function chargesOf(month: string, filters: Filter[], metric: string): string {
  const params = new URLSearchParams({
    metric,
    group: 'ServiceName',
    start: `${month}-01`,
    end: addMonths(month, 1),
    grain: 'day',
  })
  for (const filter of writeFilters(filters)) params.append('filter', filter)
  return href('explore', params)
}
