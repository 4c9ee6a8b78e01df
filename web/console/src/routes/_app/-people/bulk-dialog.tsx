import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MemberFilter } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { concerned, filterFor, type Act } from './bulk-acts'
import { noChoice, type Choice } from './bulk-changes'
import { BulkFields } from './bulk-fields'
import { bulkPeopleQuery, type BulkPerson } from './bulk-queries'
import { BulkRefusals } from './bulk-refusals'
import { changedBy } from './bulk-roles'
import { strings } from './bulk-strings'
import { memberCountQuery, type MemberRow } from './queries'
import { useBulk, type Target } from './use-bulk'

type Props = {
  act: Act
  selection: ReadonlyMap<string, MemberRow>
  /** The filter of the list when all of its people are selected. */
  all: MemberFilter | null
  clear: () => void
  close: () => void
}

/** Says what an act does to how many people, does it in few requests, and offers to undo it where that is honest. */
export function BulkDialog({ act, selection, all, clear, close }: Props) {
  const t = useStrings(strings)
  const [choice, setChoice] = useState(noChoice)
  const { run, progress, failed } = useBulk(act)
  const { target, count, people, isReady } = useTarget(act, selection, all, choice)
  const isNobody = isReady && count === 0
  const left = 'ids' in target && isReady && !isNobody ? selection.size - target.ids.length : 0
  const hasUndo = 'ids' in target || act === 'deactivate' || act === 'reactivate'
  const action = isReady && count !== undefined ? t.action(t.acts[act], count) : t.acts[act]
  return (
    <Confirm
      opened title={t.acts[act]} action={isNobody ? null : action} danger={act === 'remove'}
      run={() => run(target, choice).then(clear)} close={close}
    >
      <div className="stack">
        {failed.length > 0 && <BulkRefusals failed={failed} />}
        <p>{t.effects[act]}</p>
        <BulkFields
          act={act} choice={choice} people={people}
          change={(next) => setChoice((previous) => ({ ...previous, ...next }))}
        />
        {left > 0 && <p className="meta">{t.left(left)}</p>}
        {isNobody && <p role="status">{t.nobodyLeft}</p>}
        {!hasUndo && <p className="meta">{t.noUndo}</p>}
        {progress > 0 && <p className="meta num" role="status">{t.progress(progress, count ?? progress)}</p>}
      </div>
    </Confirm>
  )
}

/** Whom an act concerns with what is chosen so far, and how many they are. */
function useTarget(
  act: Act, selection: Props['selection'], all: MemberFilter | null, choice: Choice,
): {
  target: Target
  /** Undefined while they are counted. */
  count?: number
  /** Those whose roles were read; undefined for a filter. */
  people?: readonly BulkPerson[]
  /** Whether all is chosen that decides whom the act changes. */
  isReady: boolean
} {
  const workspace = useWorkspace()
  const isOfRoles = act === 'give' || act === 'take'
  const filter = all && filterFor(act, withUnit(all, choice))
  const chosen = filter ? [] : concerned(act, [...selection.values()]).map(({ id }) => id)
  const counted = useQuery({ ...memberCountQuery(workspace.id, filter ?? {}), enabled: filter !== null })
  const { data: people } = useQuery({ ...bulkPeopleQuery(chosen), enabled: isOfRoles && chosen.length > 0 })
  if (filter) return { target: { filter }, count: counted.data, isReady: !isOfRoles || choice.role !== null }

  // Only those whom the role changes, so that undo takes it from nobody who held it before.
  const ids = isOfRoles && choice.role ? changedBy(act, choice.role, people ?? []) : chosen
  const former = { rows: selection, people: people ?? [] }
  return { target: { ids, former }, count: ids.length, people: people ?? [], isReady: !isOfRoles || choice.role !== null }
}

/** A role at a unit is for the people of the unit. */
const withUnit = (filter: MemberFilter, { role }: Choice): MemberFilter =>
  role?.place?.orgUnitId ? { ...filter, orgUnitId: role.place.orgUnitId } : filter
