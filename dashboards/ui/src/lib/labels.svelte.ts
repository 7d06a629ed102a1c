/** What values are called: an account's name for its number, as answers have told it. */

import { SvelteMap } from 'svelte/reactivity'
import { address, get } from './api'
import type { Key, Values } from './types'

const names = new SvelteMap<string, string>()
const asked = new Set<string>()

export function learn(dimension: string, keys: Key[]): void {
  for (const { value, label } of keys) {
    if (value !== null && value !== label) names.set(`${dimension}:${value}`, label)
  }
}

export function labelOf(dimension: string, value: string): string {
  return names.get(`${dimension}:${value}`) ?? (value === '' ? '(empty)' : value)
}

/** Ask for the name of a value that came with a shared address. */
export async function askLabel(dimension: string, value: string, currency: string): Promise<void> {
  const key = `${dimension}:${value}`
  if (!dimension.endsWith('Id') || names.has(key) || asked.has(key)) return
  asked.add(key)
  const params = new URLSearchParams({ dimension, currency, search: value, limit: '5' })
  const answer = await get<Values>(address('values', params)).catch(() => null)
  if (answer)
    learn(
      dimension,
      answer.values.map((one) => one.key),
    )
}
