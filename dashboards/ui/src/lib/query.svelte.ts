import { ApiError, get, kept } from './api'
import { session } from './state.svelte'

/** What a panel shows: the last answer, an error, and whether a newer answer is on its way. */
export class Query<T> {
  data = $state.raw<T | undefined>()
  error = $state.raw<ApiError | undefined>()
  busy = $state(true)
  #again = $state(0)

  /** Follow an address; null asks nothing. The last answer stays until the next is here. */
  constructor(url: () => string | null) {
    $effect(() => {
      void this.#again
      void session.generation
      const wanted = url()
      if (wanted === null) return
      const here = kept<T>(wanted)
      if (here !== undefined) {
        this.#settle(here, undefined)
        return
      }
      const abort = new AbortController()
      this.busy = true
      get<T>(wanted, abort.signal).then(
        (data) => !abort.signal.aborted && this.#settle(data, undefined),
        (error) => !abort.signal.aborted && this.#settle(undefined, error),
      )
      return () => abort.abort()
    })
  }

  retry = (): void => {
    this.#again += 1
  }

  #settle(data: T | undefined, error: ApiError | undefined): void {
    this.data = data
    this.error = error
    this.busy = false
  }
}
