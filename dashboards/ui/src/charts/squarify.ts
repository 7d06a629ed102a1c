/** Rectangles as near to squares as can be, their areas in proportion (Bruls and others, 2000). */

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

function worst(row: number[], side: number): number {
  const sum = row.reduce((a, b) => a + b, 0)
  return Math.max(
    (side * side * Math.max(...row)) / (sum * sum),
    (sum * sum) / (side * side * Math.min(...row)),
  )
}

/** Place positive values, largest first, in a box of this size. */
export function squarify(values: number[], width: number, height: number): Box[] {
  const whole = values.reduce((a, b) => a + b, 0)
  const areas = values.map((value) => (value / whole) * width * height)
  const boxes: Box[] = []
  let free: Box = { x: 0, y: 0, width, height }
  let at = 0
  while (at < areas.length) {
    const side = Math.min(free.width, free.height)
    let end = at + 1
    while (end < areas.length && worst(areas.slice(at, end + 1), side) <= worst(areas.slice(at, end), side))
      end += 1
    const row = areas.slice(at, end)
    const depth = row.reduce((a, b) => a + b, 0) / side
    const isColumn = free.width >= free.height
    let along = 0
    for (const area of row) {
      const length = area / depth
      boxes.push(
        isColumn
          ? { x: free.x, y: free.y + along, width: depth, height: length }
          : { x: free.x + along, y: free.y, width: length, height: depth },
      )
      along += length
    }
    free = isColumn
      ? { ...free, x: free.x + depth, width: free.width - depth }
      : { ...free, y: free.y + depth, height: free.height - depth }
    at = end
  }
  return boxes
}
