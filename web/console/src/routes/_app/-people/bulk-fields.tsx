import { Radio, Select, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { grantableRoles } from '@/grant/grant-form'
import { PlacePicker } from '@/grant/place-picker'
import { rolesQuery, type Place } from '@/grant/queries'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import type { Act } from './bulk-acts'
import { noUnit, type Choice } from './bulk-changes'
import { rolesGiven, type RoleAtPlace } from './bulk-roles'
import type { BulkPerson } from './bulk-queries'
import { strings } from './bulk-strings'
import { filterChoicesQuery } from './filter-queries'

/** The fields of an act: what it needs to know before it runs. */
export function BulkFields({ act, choice, change, people }: {
  act: Act
  choice: Choice
  change: (next: Partial<Choice>) => void
  /** The people whose roles were read; undefined for all of a filter. */
  people?: readonly BulkPerson[]
}) {
  const t = useStrings(strings)
  if (act === 'group') return <PlaceChoice kind="group" value={choice.groupId} change={(groupId) => change({ groupId })} />
  if (act === 'unit') return <PlaceChoice kind="unit" value={choice.unitId} change={(unitId) => change({ unitId })} />
  if (act === 'take' && people) return <HeldRoleChoice people={people} change={(role) => change({ role })} />
  if (act === 'give' || act === 'take') return <RoleChoice change={(role) => change({ role })} />
  if (act !== 'end') return null
  return <TextInput type="date" label={t.endDay} value={choice.day} onChange={(event) => change({ day: event.currentTarget.value })} />
}

/** One group or unit, searched as you type. A person can also be in no unit. */
function PlaceChoice({ kind, value, change }: {
  kind: 'group' | 'unit'
  value: string | null
  change: (id: string | null) => void
}) {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const [text, setText] = useState('')
  const wanted = text === t.noUnit ? '' : text // the text of the choice is a search, too
  const { data } = useQuery({ ...filterChoicesQuery(workspace.id, wanted), placeholderData: keepPreviousData })
  const places = data?.[kind].map(({ id, name }) => ({ value: id, label: name })) ?? []
  return (
    <Select
      label={t[kind]} searchable value={value} onChange={change} onSearchChange={setText}
      data={kind === 'unit' ? [{ value: noUnit, label: t.noUnit }, ...places] : places}
    />
  )
}

/** The roles that somebody may give. */
function useGrantableRoles() {
  const { id, viewerPermissions } = useWorkspace()
  const { data } = useQuery(rolesQuery(id))
  return data && grantableRoles(data.roles, viewerPermissions)
}

/** A role that some of the people hold at a place. */
function HeldRoleChoice({ people, change }: { people: readonly BulkPerson[]; change: (role: RoleAtPlace | null) => void }) {
  const t = useStrings(strings)
  const roles = useGrantableRoles()
  const [value, setValue] = useState<string | null>(null)
  const held = rolesGiven(people).filter(({ role }) => roles?.some(({ key }) => key === role))
  if (roles && people.length > 0 && held.length === 0) return <p role="status">{t.noRoles}</p>
  const choose = (key: string | null) => {
    const found = held.find((one) => one.key === key)
    setValue(key)
    change(found ? { role: found.role, ...(found.place && { place: found.place }) } : null)
  }
  return (
    <Select
      label={t.roleAt} value={value} onChange={choose}
      data={held.map(({ key, name, where, ids }) => ({ value: key, label: t.rolePlace(name, where ?? t.wholeWorkspace, ids.length) }))}
    />
  )
}

const scopes = ['WORKSPACE', 'GROUP', 'ORG_UNIT'] as const
type Scope = (typeof scopes)[number]

/** A role and the place at which it is held. The place is never guessed: a role of the whole workspace reaches far. */
function RoleChoice({ change }: { change: (role: RoleAtPlace | null) => void }) {
  const t = useStrings(strings)
  const roles = useGrantableRoles()?.filter((role) => role.scopes.some((scope) => scope !== 'SESSION'))
  const [key, setKey] = useState<string | null>(null)
  const [scope, setScope] = useState<Scope | null>(null)
  const [places, setPlaces] = useState<Place[]>([])
  const possible = scopes.filter((one) => roles?.find((role) => role.key === key)?.scopes.includes(one))
  const tell = (role: string | null, at: Scope | null, [place]: Place[]) => {
    if (!role || !at || (at !== 'WORKSPACE' && !place)) return change(null)
    if (!place || at === 'WORKSPACE') return change({ role })
    return change({ role, place: at === 'GROUP' ? { groupId: place.id } : { orgUnitId: place.id } })
  }
  const chooseRole = (next: string | null) => {
    const offered = scopes.filter((one) => roles?.find((role) => role.key === next)?.scopes.includes(one))
    const at = offered.length === 1 && offered[0] ? offered[0] : null
    setKey(next)
    setScope(at)
    setPlaces([])
    tell(next, at, [])
  }
  const chooseScope = (next: Scope) => {
    setScope(next)
    setPlaces([])
    tell(key, next, [])
  }
  const choosePlaces = (next: Place[]) => {
    setPlaces(next)
    tell(key, scope, next)
  }
  return (
    <div className="stack">
      <Select label={t.role} value={key} onChange={chooseRole} data={roles?.map((role) => ({ value: role.key, label: role.name })) ?? []} />
      {possible.length > 1 && (
        <Radio.Group label={t.where} value={scope} onChange={(value) => chooseScope(value as Scope)}>
          <div className="choices">{possible.map((one) => <Radio key={one} value={one} label={t.scopes[one]} />)}</div>
        </Radio.Group>
      )}
      {scope === 'GROUP' && <PlacePicker kind="groups" id="bulk-group" label={t.group} limit={1} value={places} change={choosePlaces} />}
      {scope === 'ORG_UNIT' && (
        <PlacePicker kind="units" id="bulk-unit" label={t.unit} description={t.unitHint} limit={1} value={places} change={choosePlaces} />
      )}
    </div>
  )
}
