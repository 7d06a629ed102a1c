/** Filters of the URL and of the API: DIM:in:VALUE, DIM:not:VALUE, DIM:null, DIM:notnull. */

export interface Filter {
  dimension: string
  op: 'in' | 'not' | 'contains' | 'null' | 'notnull'
  values: string[]
}

const SPLIT = /^((?:tag:)?[^:]+):(?:(in|not|contains):(.*)|(null|notnull))$/s

export function isFilter(text: string): boolean {
  return SPLIT.test(text)
}

/** Read the texts; those of one dimension and operator become one filter with several values. */
export function readFilters(texts: string[]): Filter[] {
  const filters: Filter[] = []
  for (const text of texts) {
    const [, dimension, op, value, bare] = SPLIT.exec(text) ?? []
    if (!dimension) continue
    const known = filters.find((one) => one.dimension === dimension && one.op === op)
    if (known && value !== undefined) known.values.push(value)
    else {
      filters.push({
        dimension,
        op: (op ?? bare) as Filter['op'],
        values: value === undefined ? [] : [value],
      })
    }
  }
  return filters
}

export function writeFilters(filters: Filter[]): string[] {
  return filters.flatMap(({ dimension, op, values }) =>
    op === 'null' || op === 'notnull'
      ? [`${dimension}:${op}`]
      : values.map((value) => `${dimension}:${op}:${value}`),
  )
}

/** The filter that keeps one value of a group; null keeps what has none. */
export function only(dimension: string, value: string | null): Filter {
  return value === null ? { dimension, op: 'null', values: [] } : { dimension, op: 'in', values: [value] }
}
