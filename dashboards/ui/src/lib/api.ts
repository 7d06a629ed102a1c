/** One way to ask the server: exact answers kept for as long as the data does not change. */

export interface Problem {
  title: string
  status: number
  detail: string
  hint: string
}

export class ApiError extends Error {
  status: number
  hint: string

  constructor(problem: Partial<Problem>, status: number) {
    super(problem.detail || problem.title || `The server answered ${status}.`)
    this.status = status
    this.hint = problem.hint ?? ''
  }
}

const ROOT = '/api/v1/'
const KEPT = 120
const answers = new Map<string, unknown>()
let forgotten = 0
let generation = ''
let onGeneration: (generation: string) => void = () => {}

/** Call this function whenever an answer comes from other data than the former ones. */
export function watchGeneration(call: (generation: string) => void): void {
  onGeneration = call
}

export function address(path: string, params?: URLSearchParams): string {
  const query = params?.toString() ?? ''
  return ROOT + path + (query && `?${query}`)
}

/** An answer that is already here, so that Back draws at once. */
export function kept<T>(url: string): T | undefined {
  return answers.get(url) as T | undefined
}

export function forget(): void {
  answers.clear()
  forgotten += 1
}

async function failure(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>
  return new ApiError(problem, response.status)
}

/** Ask, or take what is kept; `isFresh` asks in any case. */
export async function get<T>(url: string, signal?: AbortSignal, isFresh = false): Promise<T> {
  const known = isFresh ? undefined : kept<T>(url)
  if (known !== undefined) return known
  const since = forgotten
  let response: Response
  try {
    response = await fetch(url, { signal, headers: { Accept: 'application/json' } })
  } catch (error) {
    if (signal?.aborted) throw error
    const hint = 'Is ./finops serve still running?'
    throw new ApiError({ detail: 'The server does not answer.', hint }, 0)
  }
  if (!response.ok) throw await failure(response)
  const body = (await response.json()) as T
  /** An answer that was under way when all were forgotten is of before. */
  const isLate = since !== forgotten
  const now = response.headers.get('X-Generation') ?? ''
  if (now && now !== generation) {
    forget()
    const changed = generation !== ''
    generation = now
    if (changed) onGeneration(now)
  }
  if (!isLate) answers.set(url, body)
  if (answers.size > KEPT) answers.delete(answers.keys().next().value as string)
  return body
}

/** PUT or DELETE; what was read before may have changed by it. */
export async function send<T>(method: 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await fetch(ROOT + path, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'finops' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) throw await failure(response)
  forget()
  return (response.status === 204 ? undefined : await response.json()) as T
}
