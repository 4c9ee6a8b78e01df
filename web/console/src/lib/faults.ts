/** Errors of the API as screens need them. */

/** One fault of an input: the path of its field, and what to do about it. */
export type Violation = { field: string; message: string }

/** An error as the API writes it. */
export type WireError = {
  message: string
  path?: (string | number)[]
  extensions?: {
    code?: string
    field?: string
    violations?: Violation[]
    retryAfterSeconds?: number
    requestId?: string
  }
}

/** A code of the API that screens tell apart; OFFLINE when the server was not reached. */
export type FaultCode =
  | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'BAD_USER_INPUT' | 'CONFLICT' | 'RATE_LIMITED'
  | 'SEAT_LIMIT_REACHED' | 'PLAN_REQUIRED' | 'PASSWORD_CHANGE_REQUIRED' | 'UNAVAILABLE' | 'INTERNAL'
  | 'OFFLINE'

/** The failure of one operation. Its message is a sentence in the language of the page. */
export class ApiError extends Error {
  readonly code: FaultCode
  readonly violations: Violation[]
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null

  constructor(code: FaultCode, message: string, more: WireError['extensions'] = {}) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.violations = more.violations ?? (more.field ? [{ field: more.field, message }] : [])
    this.retryAfterSeconds = more.retryAfterSeconds ?? null
    this.requestId = more.requestId ?? null
  }

  static from(error: WireError): ApiError {
    const code = (error.extensions?.code ?? 'INTERNAL') as FaultCode
    return new ApiError(code, error.message, error.extensions)
  }
}

/** Reports whether a failure is likely to pass by itself. */
export function isTransient(problem: unknown): boolean {
  return problem instanceof ApiError && (problem.code === 'OFFLINE' || problem.code === 'UNAVAILABLE')
}

/**
 * Groups violations by the inputs of a form. The longest input path wins; the key null holds what no
 * input shows.
 */
export function faultsByInput(inputs: string[], violations: Violation[]): Map<string | null, Violation[]> {
  const groups = new Map<string | null, Violation[]>()
  for (const violation of violations) {
    const owner = inputs
      .filter((name) => violation.field === name || violation.field.startsWith(`${name}.`))
      .sort((a, b) => b.length - a.length)[0] ?? null
    groups.set(owner, [...(groups.get(owner) ?? []), violation])
  }
  return groups
}

/** What to say of a failure of any kind. */
export function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : 'Unknown failure'
}
