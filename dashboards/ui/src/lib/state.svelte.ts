/** Where the reader is (the URL's hash), what the data offers (meta) and the theme. */

import { address, get, watchGeneration, type ApiError } from './api'
import type { Theme } from './palette'
import type { Meta } from './types'

class Route {
  path = $state('overview')
  params = $state.raw(new URLSearchParams())

  constructor() {
    this.read()
    window.addEventListener('hashchange', () => this.read())
    window.addEventListener('popstate', () => this.read())
  }

  read(): void {
    const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s)
    this.path = path || 'overview'
    this.params = new URLSearchParams(query)
  }
}

export const route = new Route()

/** The address of a page, the currency of this one kept. */
export function href(path: string, params?: URLSearchParams | Record<string, string>): string {
  const query = new URLSearchParams(params)
  const currency = route.params.get('currency')
  if (currency && !query.has('currency')) query.set('currency', currency)
  const text = query.toString()
  return `#/${path}${text && `?${text}`}`
}

/** Go to a page. A step the reader would want to take back pushes history; a tuning replaces it. */
export function go(path: string, params?: URLSearchParams, how: 'push' | 'replace' = 'push'): void {
  const target = href(path, params)
  if (target === location.hash) return
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', target)
  route.read()
}

type Changes = Record<string, string | string[] | null>

/** The parameters of this page with some changed; null takes one away. */
export function changed(changes: Changes): URLSearchParams {
  const params = new URLSearchParams(route.params)
  for (const [name, value] of Object.entries(changes)) {
    params.delete(name)
    for (const one of value === null ? [] : [value].flat()) params.append(name, one)
  }
  return params
}

/** The same page with some parameters changed. */
export function adjust(changes: Changes, how: 'push' | 'replace' = 'push'): void {
  go(route.path, changed(changes), how)
}

/** Milliseconds between two looks for newer data. */
const LOOK_AGAIN = 60_000

class Session {
  meta = $state.raw<Meta | undefined>()
  error = $state.raw<ApiError | undefined>()
  generation = $state('')

  constructor() {
    watchGeneration(() => void this.load())
    setInterval(() => void (document.hidden || this.load()), LOOK_AGAIN)
  }

  async load(): Promise<void> {
    try {
      this.meta = await get<Meta>(address('meta'), undefined, true)
      this.generation = this.meta.generation
      this.error = undefined
    } catch (error) {
      this.error = error as ApiError
    }
  }

  get currency(): string {
    return route.params.get('currency') ?? this.meta?.currency ?? ''
  }

  /** The dates of the currency shown. */
  get dates() {
    return this.meta?.currencies.find((one) => one.currency === this.currency)
  }

  dimensionLabel(name: string): string {
    if (name.startsWith('tag:')) return `Tag ${decodeURIComponent(name.slice(4))}`
    return this.meta?.dimensions.find((one) => one.name === name)?.label ?? name
  }
}

export const session = new Session()

const STORED = 'finops-theme'
const system = matchMedia('(prefers-color-scheme: dark)')

class Look {
  chosen = $state(localStorage.getItem(STORED) as Theme | null)
  #dark = $state(system.matches)

  constructor() {
    system.addEventListener('change', (event) => (this.#dark = event.matches))
  }

  get theme(): Theme {
    return this.chosen ?? (this.#dark ? 'dark' : 'light')
  }

  toggle = (): void => {
    this.chosen = this.theme === 'dark' ? 'light' : 'dark'
    localStorage.setItem(STORED, this.chosen)
  }
}

export const look = new Look()
