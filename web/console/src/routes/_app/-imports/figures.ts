/** What an import does, in figures and groups. */
import type { ImportRowOutcome, ImportStatus } from '@/gql/graphql'

export const outcomes: readonly ImportRowOutcome[] = ['INVITE', 'CREATE', 'UPDATE', 'UNCHANGED', 'ERROR']

type Counts = { invite: number; create: number; update: number; unchanged: number; error: number }

/** The number of rows with an outcome. */
export function countOf(outcome: ImportRowOutcome, counts: Counts): number {
  switch (outcome) {
    case 'INVITE': return counts.invite
    case 'CREATE': return counts.create
    case 'UPDATE': return counts.update
    case 'UNCHANGED': return counts.unchanged
    case 'ERROR': return counts.error
  }
}

/** How many people a start would invite, create or change. */
export const effective = ({ invite, create, update }: Counts): number => invite + create + update

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
