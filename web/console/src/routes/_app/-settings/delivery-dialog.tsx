import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formatMoment, formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { Modal } from '@/ui/modal'
import { Failure, Loading } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { eventName } from './event-types'
import { deliveryQuery, type DeliveryRow } from './webhook-queries'
import { DeliveryState } from './webhook-status'
import { strings } from './webhook-strings'

/** One delivery: what was sent, what the server answered, and when it is tried next. */
export function DeliveryDialog({ delivery, replay, close }: { delivery: DeliveryRow; replay?: () => void; close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const { timeZone } = useWorkspace()
  const { data, error, refetch } = useQuery(deliveryQuery(delivery.id))
  const again = () => {
    close()
    replay?.()
  }
  return (
    <Modal opened size="lg" onClose={close} title={eventName(delivery)} closeButtonProps={{ 'aria-label': c.close }}>
      {error ? <Failure error={error} retry={() => void refetch()} /> : null}
      {!data && !error && <Loading />}
      {data && (
        <div className="stack">
          <dl className="facts">
            <dt>{t.result}</dt><dd><DeliveryState delivery={data} /></dd>
            <dt>{t.answer}</dt><dd>{[data.answerStatus, data.failure && t.failures[data.failure]].filter(Boolean).join(', ')}</dd>
            <dt>{t.attempts}</dt><dd className="num">{formatNumber(data.attempts)}</dd>
            {data.lastAttemptAt && <><dt>{t.last}</dt><dd>{formatMoment(data.lastAttemptAt, timeZone)}</dd></>}
            {data.durationMs != null && <><dt>{t.took}</dt><dd className="num">{t.milliseconds(formatNumber(data.durationMs))}</dd></>}
            {data.nextAttemptAt && <><dt>{t.next}</dt><dd>{formatMoment(data.nextAttemptAt, timeZone)}</dd></>}
            <dt>{t.messageId}</dt><dd>{data.messageId}</dd>
          </dl>
          <section>
            <h3 id="sent">{t.request}</h3>
            {data.request ? <Raw label="sent" text={data.request} /> : <p className="meta">{t.noRequest}</p>}
          </section>
          <section>
            <h3 id="answered">{t.answerBody}</h3>
            {data.answer ? <Raw label="answered" text={data.answer} /> : <p className="meta">{t.noAnswer}</p>}
          </section>
          <Group justify="flex-end">
            <Button onClick={close}>{c.close}</Button>
            {replay && <Button variant="filled" onClick={again}>{t.replay}</Button>}
          </Group>
        </div>
      )}
    </Modal>
  )
}

/** Text as it was sent or answered. JSON is indented. It can be scrolled by keyboard. */
function Raw({ label, text }: { label: string; text: string }) {
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  return <pre className="raw" role="region" tabIndex={0} aria-labelledby={label}>{indented(text)}</pre>
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
