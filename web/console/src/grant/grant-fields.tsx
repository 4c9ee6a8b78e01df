import { MultiSelect, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { languageNames, languages } from '@/i18n/language'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { faultOf } from '@/ui/fault-summary'
import { grantableRoles, type GrantForm } from './grant-form'
import { PlacePicker } from './place-picker'
import { rolesQuery } from './queries'
import { strings } from './strings'

/** The inputs of a grant that faults may name, by their paths. */
export const grantInputs = [
  'grant.groupIds', 'grant.sessionIds', 'grant.roles', 'grant.orgUnitId', 'grant.programIds', 'grant.labels',
  'grant.locale', 'grant.accessExpiresAt', 'grant.customFields',
]

type Props = { form: GrantForm; change: (next: Partial<GrantForm>) => void; error: unknown }

/** Where the people come in and what they may do there: what most people choose. */
export function PlaceFields({ form, change, error }: Props) {
  const t = useStrings(strings)
  const { id, viewerPermissions } = useWorkspace()
  const { data } = useQuery(rolesQuery(id))
  // A stored grant may hold a role that the caller may not give: it is named and can be taken out.
  const grantable = grantableRoles(data?.roles ?? [], viewerPermissions)
  const roles = (data?.roles ?? []).filter((role) => grantable.includes(role) || form.roles.includes(role.id))
  const descriptions = new Map(roles.map((role) => [role.id, role.description ?? t.mayDo(role.permissions.length)]))
  return (
    <>
      <div className="pair">
        <PlacePicker
          kind="groups" id="grant.groupIds" value={form.groups} error={faultOf(error, 'grant.groupIds')}
          change={(groups) => change({ groups })}
        />
        <PlacePicker
          kind="sessions" id="grant.sessionIds" value={form.sessions} error={faultOf(error, 'grant.sessionIds')}
          change={(sessions) => change({ sessions })}
        />
      </div>
      <div className="pair level">
        <MultiSelect
          id="grant.roles" label={t.roles} description={t.rolesHint} hidePickedOptions error={faultOf(error, 'grant.roles')}
          data={roles.map((role) => ({ value: role.id, label: role.name }))}
          value={data ? form.roles : []} onChange={(chosen) => change({ roles: chosen })}
          renderOption={({ option }) => (
            <span>{option.label}<span className="meta block">{descriptions.get(option.value)}</span></span>
          )}
        />
        {isAllowed(viewerPermissions, ['ENROLLMENTS_MANAGE', 'PROGRAMS_MANAGE']) && (
          <PlacePicker
            kind="programs" id="grant.programIds" value={form.programs} error={faultOf(error, 'grant.programIds')}
            change={(programs) => change({ programs })}
          />
        )}
      </div>
    </>
  )
}

/** The rest of a grant, behind a disclosure. */
export function MoreFields({ form, change, error }: Props) {
  const t = useStrings(strings)
  const { id } = useWorkspace()
  const { data } = useQuery(rolesQuery(id))
  const answer = (key: string, value: string) => change({ answers: { ...form.answers, [key]: value } })
  return (
    <div className="pair">
      <PlacePicker
        kind="units" id="grant.orgUnitId" limit={1} value={form.units} error={faultOf(error, 'grant.orgUnitId')}
        change={(units) => change({ units })}
      />
      <Select
        id="grant.locale" label={t.locale} error={faultOf(error, 'grant.locale')} allowDeselect={false}
        data={[{ value: '', label: t.localeDefault }, ...languages.map((value) => ({ value, label: languageNames[value] }))]}
        value={form.locale} onChange={(locale) => change({ locale: locale ?? '' })}
      />
      <TextInput
        id="grant.accessExpiresAt" type="date" label={t.accessEnd} value={form.accessEnd}
        error={faultOf(error, 'grant.accessExpiresAt')} onChange={(event) => change({ accessEnd: event.currentTarget.value })}
      />
      <TextInput
        id="grant.labels" label={t.labels} description={t.labelsHint} value={form.labels}
        error={faultOf(error, 'grant.labels')} onChange={(event) => change({ labels: event.currentTarget.value })}
      />
      {(data?.fields ?? []).map(({ key, name, type, choices }) => type === 'CHOICE' ? (
        <Select
          key={key} id={`grant.customFields.${key}`} label={name} data={choices} clearable placeholder={t.choose}
          clearButtonProps={{ 'aria-label': t.clear(name) }}
          error={faultOf(error, `grant.customFields.${key}`)}
          value={form.answers[key] || null} onChange={(value) => answer(key, value ?? '')}
        />
      ) : (
        <TextInput
          key={key} id={`grant.customFields.${key}`} label={name} type={type === 'DATE' ? 'date' : 'text'}
          inputMode={type === 'NUMBER' ? 'decimal' : undefined}
          error={faultOf(error, `grant.customFields.${key}`)}
          value={form.answers[key] ?? ''} onChange={(event) => answer(key, event.currentTarget.value)}
        />
      ))}
    </div>
  )
}
