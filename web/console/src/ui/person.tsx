import { type ReactNode } from 'react'

/** The initials of a name, at most two. */
export function initials(name: string): string {
  const words = name.split(/[\s@._-]+/).filter(Boolean)
  const first = words[0] ?? '?'
  const last = words.length > 1 ? words.at(-1) : ''
  return firstLetter(first) + firstLetter(last ?? '')
}

/** The first letter, whole even where it takes two code units. */
const firstLetter = (word: string): string => (Array.from(word)[0] ?? '').toUpperCase()

/** A person in a list: initials, name, and what a phone shows below the name. */
export function Person({ name, children, below }: { name: string; children: ReactNode; below?: ReactNode }) {
  return (
    <div className="pers">
      <span className="face mini" aria-hidden="true">{initials(name)}</span>
      <div>{children}{below}</div>
    </div>
  )
}

type Named = {
  firstName?: string | null
  lastName?: string | null
  email?: string | null
  username?: string | null
}

/** What a person is called: the name, else the address, else the username. */
export function displayName(user: Named): string {
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ').trim()
  return name || user.email || user.username || '?'
}
