/** An API key as a form. */
import type { CreateApiKeyInput, Permission, UpdateApiKeyInput } from '@/gql/graphql'
import type { Place } from '@/grant/queries'
import { dayIn } from '@/i18n/format'
import type { ApiKeyRow } from './api-key-queries'
import { linesOf } from './lines'

export type ApiKeyForm = {
  name: string
  permissions: Permission[]
  isWhole: boolean
  groups: Place[]
  units: Place[]
  sessions: Place[]
  expiresOn: string
  networks: string
}

export const emptyKey: ApiKeyForm = {
  name: '', permissions: [], isWhole: true, groups: [], units: [], sessions: [], expiresOn: '', networks: '',
}

const placesOf = (nodes: readonly { id: string; name: string }[]): Place[] => nodes.map(({ id, name }) => ({ id, name, where: '' }))

export function apiKeyFormOf(key: ApiKeyRow, timeZone: string): ApiKeyForm {
  return {
    name: key.name, permissions: [...key.permissions], isWhole: key.wholeWorkspace,
    groups: placesOf(key.groups), units: placesOf(key.orgUnits), sessions: placesOf(key.sessions),
    expiresOn: dayIn(key.expiresAt, timeZone), networks: key.allowedNetworks.join('\n'),
  }
}

/** The values of a new key. Places are left out where the key works in the whole workspace. */
export function keyInputOf(form: ApiKeyForm): Omit<CreateApiKeyInput, 'workspaceId'> {
  const ids = (places: Place[]) => form.isWhole ? [] : places.map(({ id }) => id)
  return {
    name: form.name.trim(), permissions: form.permissions,
    groupIds: ids(form.groups), orgUnitIds: ids(form.units), sessionIds: ids(form.sessions),
    expiresAt: form.expiresOn || null, allowedNetworks: linesOf(form.networks),
  }
}

/** What of a form is sent: only what changed, so that places which the person does not see stay. */
export function keyChangesOf(start: ApiKeyForm, form: ApiKeyForm): Omit<UpdateApiKeyInput, 'apiKeyId'> {
  const [from, to] = [keyInputOf(start), keyInputOf(form)]
  const isChanged = (key: keyof typeof to) => JSON.stringify(from[key]) !== JSON.stringify(to[key])
  return {
    ...(isChanged('name') && { name: to.name }),
    ...(isChanged('permissions') && { permissions: to.permissions }),
    ...(isChanged('groupIds') && { groupIds: to.groupIds }),
    ...(isChanged('orgUnitIds') && { orgUnitIds: to.orgUnitIds }),
    ...(isChanged('sessionIds') && { sessionIds: to.sessionIds }),
    ...(isChanged('expiresAt') && { expiresAt: to.expiresAt }),
    ...(isChanged('allowedNetworks') && { allowedNetworks: to.allowedNetworks }),
  }
}

/** Whether a key is said to work at places, but none is named: the API would take that for the whole workspace. */
export const lacksPlace = ({ isWhole, groups, units, sessions }: ApiKeyForm): boolean =>
  !isWhole && groups.length + units.length + sessions.length === 0
