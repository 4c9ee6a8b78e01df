import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import type { ApiKeyStatus } from '@/gql/graphql'
import { formatDistance, formatMoment, formatShortDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon, type IconName } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { RowMenu } from '@/ui/row-menu'
import { Segments } from '@/ui/segments'
import { Empty } from '@/ui/states'
import { Status, type Tone } from '@/ui/status'
import { ApiKeyDialog } from './api-key-dialog'
import { apiKeysKey, apiKeysQuery, RevokeApiKeyDocument, RotateApiKeyDocument, type ApiKeyRow } from './api-key-queries'
import { strings } from './api-key-strings'
import { CopyLine } from './copy-line'
import { isStillValid } from './former'
import { strings as permissionStrings } from './permission-strings'
import { endAfter, RotateDialog } from './rotate-dialog'
import { SecretDialog, type Secret } from './secret-dialog'
import { strings as shared } from './strings'

const route = getRouteApi('/_app/settings/api-keys')

const looks: Record<ApiKeyStatus, [Tone, IconName]> = {
  ACTIVE: ['good', 'circle-check'], EXPIRED: ['wait', 'clock'], REVOKED: ['off', 'ban'],
}

type Asked = { act: 'create' } | { act: 'edit' | 'rotate' | 'revoke'; key: ApiKeyRow } | null

/** The API keys of the workspace. */
export function ApiKeysTab() {
  const t = useStrings(strings)
  const s = useStrings(shared)
  const client = useQueryClient()
  const { id: workspace, timeZone } = useWorkspace()
  const areRevoked = Boolean(route.useSearch().revoked)
  const navigate = route.useNavigate()
  const keys = useInfiniteQuery({ ...apiKeysQuery(workspace, areRevoked), placeholderData: keepPreviousData })
  const [asked, setAsked] = useState<Asked>(null)
  const [secret, setSecret] = useState<Secret | null>(null)
  const columns = useColumns(timeZone)
  const menu = useCallback((key: ApiKeyRow) => key.status === 'REVOKED' ? null : (
    <RowMenu
      name={key.name}
      actions={[
        { key: 'edit', label: t.edit, icon: 'pencil', run: () => setAsked({ act: 'edit', key }) },
        ...(key.status === 'ACTIVE'
          ? [{ key: 'rotate', label: t.rotate, icon: 'refresh' as const, run: () => setAsked({ act: 'rotate', key }) }] : []),
        { key: 'revoke', label: t.revoke, icon: 'ban', danger: true, run: () => setAsked({ act: 'revoke', key }) },
      ]}
    />
  ), [t])
  const stop = () => setAsked(null)
  const readAgain = () => void client.invalidateQueries({ queryKey: apiKeysKey(workspace) })
  const show = (name: string, value: string) =>
    setSecret({ title: s.newSecret(name), label: t.secretLabel, value, hint: t.secretHint })
  const rotate = async (key: ApiKeyRow, hours: number) => {
    const { rotateApiKey } = await request(RotateApiKeyDocument, { input: { apiKeyId: key.id, endFormerAt: endAfter(hours) } })
    readAgain()
    if (rotateApiKey) show(key.name, rotateApiKey.secret)
  }
  const revoke = async (key: ApiKeyRow) => {
    await request(RevokeApiKeyDocument, { input: { apiKeyId: key.id } })
    readAgain()
    notifyDone(t.revoked(key.name))
  }
  const isEmpty = !areRevoked && keys.data?.pages[0]?.edges.length === 0
  const create = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<Icon name="plus" />} onClick={() => setAsked({ act: 'create' })}>{t.create}</Button>
  )
  return (
    <>
      <div className="know">
        <p>{t.about}</p>
        <CopyLine label={t.endpoint} value={`${window.location.origin}/graphql`} />
        <CopyLine label={t.workspaceId} value={workspace} />
      </div>
      <div className="filters">
        <Segments
          label={t.shown} value={areRevoked ? 'revoked' : 'current'}
          options={[{ value: 'current', label: t.current }, { value: 'revoked', label: t.revokedKeys }]}
          change={(value) => void navigate({ search: (previous) => ({ ...previous, revoked: value === 'revoked' || undefined }), replace: true })}
        />
        <div className="end">{!isEmpty && create('default')}</div>
      </div>
      <DataTable
        label={t.list} query={keys} columns={columns} nameOf={({ name }) => name} menu={menu}
        empty={areRevoked ? <Empty icon="ban" title={t.noRevoked} />
          : <Empty icon="lock" title={t.nothing} text={t.nothingText}>{create('filled')}</Empty>}
      />
      {asked?.act === 'create' && <ApiKeyDialog apiKey={null} show={show} close={stop} />}
      {asked?.act === 'edit' && <ApiKeyDialog apiKey={asked.key} show={show} close={stop} />}
      {asked?.act === 'rotate' && (
        <RotateDialog name={asked.key.name} text={t.rotateText} run={(hours) => rotate(asked.key, hours)} close={stop} />
      )}
      {asked?.act === 'revoke' && (
        <Confirm opened danger title={t.revokeTitle(asked.key.name)} action={t.revokeAction} run={() => revoke(asked.key)} close={stop}>
          <div className="stack">
            <p>{t.revokeStops}{' '}{asked.key.lastUsedAt ? t.revokeUsed(formatDistance(asked.key.lastUsedAt)) : t.revokeUnused}</p>
            <p>{t.revokeLeft}</p>
          </div>
        </Confirm>
      )}
      {secret && <SecretDialog secret={secret} close={() => setSecret(null)} />}
    </>
  )
}

function useColumns(timeZone: string): Column<ApiKeyRow>[] {
  const t = useStrings(strings)
  const { names } = useStrings(permissionStrings)
  return useMemo<Column<ApiKeyRow>[]>(() => {
    const state = ({ status, formerSecretEndsAt }: ApiKeyRow) => {
      const [tone, icon] = looks[status]
      if (status === 'ACTIVE' && isStillValid(formerSecretEndsAt)) {
        return (
          <span title={t.formerUntil(formatMoment(formerSecretEndsAt, timeZone))}>
            <Status tone="info" icon="refresh">{t.twoSecrets}</Status>
          </span>
        )
      }
      return <Status tone={tone} icon={icon}>{t.states[status]}</Status>
    }
    const places = ({ wholeWorkspace, groups, orgUnits, sessions }: ApiKeyRow) => wholeWorkspace ? t.whole
      : [...groups, ...orgUnits, ...sessions].map(({ name }) => name).join(', ') || t.noPlaces
    const mays = ({ permissions }: ApiKeyRow) => permissions.map((permission) => names[permission]).join(', ')
    return [
      {
        id: 'name', header: t.name, required: true,
        cell: (key) => (
          <>
            {key.name}{' '}<span className="meta">{`…${key.hint}`}</span>
            <span className="phone">{state(key)}</span>
            <span className="phone meta">{mays(key)}</span>
          </>
        ),
      },
      { id: 'state', header: t.state, wide: true, width: '8rem', cell: state },
      { id: 'permissions', header: t.permissions, wide: true, muted: true, width: '20%', cell: (key) => <span title={mays(key)}>{mays(key)}</span> },
      {
        id: 'places', header: t.places, wide: true, muted: true, width: '16%',
        cell: (key) => [places(key), ...(key.allowedNetworks.length > 0 ? [t.networks(key.allowedNetworks.length)] : [])].join(', '),
      },
      {
        id: 'expires', header: t.expires, wide: true, muted: true, width: '7rem',
        cell: ({ expiresAt }) => expiresAt ? formatShortDay(expiresAt, timeZone) : t.never,
      },
      {
        id: 'used', header: t.used, wide: true, muted: true, width: '8.5rem',
        cell: ({ lastUsedAt }) => lastUsedAt ? formatDistance(lastUsedAt) : t.unused,
      },
    ]
  }, [t, names, timeZone])
}
