/** What this browser remembers for the console. A browser that keeps nothing is no error. */

const prefix = 'usher-console:'

export function readStored<T>(key: string, fallback: T): T {
  try {
    const text = window.localStorage.getItem(prefix + key)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function store(key: string, value: unknown): void {
  try {
    window.localStorage.setItem(prefix + key, JSON.stringify(value))
  } catch {
    // private windows may refuse to keep anything
  }
}
