/** What a change is, told from exact amounts: new and gone are of a cost that is nothing, not of a ratio. */

import type { Amount } from './format'

export interface Change {
  before?: Amount
  change?: Amount
  change_ratio?: Amount
}

/** none: nothing to compare with, or no ratio, as of a cost that was negative. */
export type Kind = 'new' | 'gone' | 'ratio' | 'none'

/** The digits of an amount without its sign and without zeros that say nothing. */
function size(amount: string): string {
  const bare = amount.replace(/^-/, '')
  return bare.includes('.') ? bare.replace(/\.?0+$/, '') : bare
}

export function kindOf({ before, change, change_ratio }: Change): Kind {
  if (!before || !change) return 'none'
  const [was, by] = [size(before), size(change)]
  if (was === '0') return by === '0' ? 'none' : 'new'
  if (was === by && before.startsWith('-') !== change.startsWith('-')) return 'gone'
  return change_ratio ? 'ratio' : 'none'
}

/** Whether a relative change is written as 0.0%. */
export function isLevel({ change_ratio }: Change): boolean {
  return !!change_ratio && Math.abs(Number(change_ratio)) < 0.0005
}
