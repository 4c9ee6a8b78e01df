/** What an import does, in figures and groups. */
import type { ImportRowOutcome, ImportStatus } from '@/gql/graphql'

export const outcomes: readonly ImportRowOutcome[] = ['INVITE', 'CREATE', 'UPDATE', 'DEACTIVATE', 'REACTIVATE', 'UNCHANGED', 'ERROR']

type Counts = {
  invite: number; create: number; update: number; deactivate: number; reactivate: number; unchanged: number; error: number
}

/** The number of rows with an outcome. */
export function countOf(outcome: ImportRowOutcome, counts: Counts): number {
  switch (outcome) {
    case 'INVITE': return counts.invite
    case 'CREATE': return counts.create
    case 'UPDATE': return counts.update
    case 'DEACTIVATE': return counts.deactivate
    case 'REACTIVATE': return counts.reactivate
    case 'UNCHANGED': return counts.unchanged
    case 'ERROR': return counts.error
  }
}

/** How many people a start would invite, create or change, also by ending or restoring their access. */
export const effective = ({ invite, create, update, deactivate, reactivate }: Counts): number =>
  invite + create + update + deactivate + reactivate

/** Reports whether an outcome occurs in the syncs of other systems alone, and is shown only where it occurs. */
export const isOfSync = (outcome: ImportRowOutcome): boolean => outcome === 'DEACTIVATE' || outcome === 'REACTIVATE'

const moving = new Set<ImportStatus>(['PREVIEWING', 'SCHEDULED', 'RUNNING', 'PAUSED'])

/** Reports whether an import changes by itself, so that its progress is watched. */
export const isMoving = (status: ImportStatus): boolean => moving.has(status)

export type RepairGroup = { key: string; message: string; isWarning: boolean; rows: number[] }

type FaultyRow = { number: number; errors: { column?: string | null; code: string; message: string }[] }

/** The faults of rows, one group for each that is repaired the same way, the most frequent first. */
export function groupFaults(rows: readonly FaultyRow[]): RepairGroup[] {
  const groups = new Map<string, RepairGroup>()
  for (const { number, errors } of rows) {
    for (const { column, code, message } of errors) {
      const key = `${column ?? ''} ${code} ${message}`
      const group = groups.get(key) ?? { key, message, isWarning: code === 'WARNING', rows: [] }
      group.rows.push(number)
      groups.set(key, group)
    }
  }
  return [...groups.values()].sort((a, b) => Number(a.isWarning) - Number(b.isWarning) || b.rows.length - a.rows.length)
}
