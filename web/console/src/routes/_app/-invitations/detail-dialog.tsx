import { useQuery } from '@tanstack/react-query'
import { formatMoment, formatShortDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { Modal } from '@/ui/modal'
import { Failure, Loading } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { nameOf } from './columns'
import { detailQuery } from './queries'
import { InvitationState } from './status-cell'
import { strings } from './strings'

/** One invitation: what it gives and what happened to it. Its address is ?show=ID. */
export function DetailDialog({ id, close }: { id: string; close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const { data, isPending, isError, error, refetch } = useQuery({ ...detailQuery(id), staleTime: 0 })
  return (
    <Modal
      opened onClose={close} size="lg" closeButtonProps={{ 'aria-label': c.close }}
      title={data ? t.historyTitle(nameOf(data)) : t.history}
    >
      {isPending && <Loading />}
      {isError && !data && <Failure error={error} retry={() => void refetch()} />}
      {data && (
        <div className="stack">
          <p><InvitationState row={data} t={t} /></p>
          <dl className="facts">
            <Fact name={t.email} values={[data.email]} />
            <Fact name={t.roles} values={data.grant.roles.map(({ role }) => role.name)} />
            <Fact name={t.unit} values={data.grant.orgUnit ? [data.grant.orgUnit.name] : []} />
            <Fact name={t.leaveGroups} values={data.grant.groups.map(({ name }) => name)} />
            <Fact name={t.leaveSessions} values={data.grant.sessions.map(({ name }) => name)} />
            <Fact name={t.programs} values={data.grant.programs.map(({ name }) => name)} />
            <Fact name={t.labels} values={data.grant.labels} />
            <Fact name={t.accessEnd} values={data.grant.accessExpiresAt ? [formatShortDay(data.grant.accessExpiresAt)] : []} />
            <Fact name={t.personalMessage} values={data.message ? [data.message] : []} />
          </dl>
          <ol className="history">
            {(data.history ?? []).map(({ id: key, at, summary, details }) => (
              <li key={key}>
                <span className="meta">{formatMoment(at)}</span>
                <div>{summary}</div>
                {details.map(({ name, previousValue, newValue }) => (
                  <div className="meta" key={name}>
                    {`${name}: `}{t.change(previousValue ?? t.none, newValue ?? t.none)}
                  </div>
                ))}
              </li>
            ))}
          </ol>
        </div>
      )}
    </Modal>
  )
}

function Fact({ name, values }: { name: string; values: string[] }) {
  if (values.length === 0) return null
  return <><dt>{name}</dt><dd>{values.join(', ')}</dd></>
}
