import { Button, Group, Radio, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { formatMoment } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { effective } from './figures'
import { CancelImportDocument, importQuery, importsKey, StartImportDocument, type ImportDetail } from './queries'
import { strings } from './strings'

type When = 'now' | 'later' | 'slow'

/** Says what a start will do and when, and starts what was previewed. */
export function Start({ data }: { data: ImportDetail }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const navigate = useNavigate()
  const { id: workspace } = useWorkspace()
  const [when, setWhen] = useState<When>('now')
  const [moment, setMoment] = useState('')
  const [rate, setRate] = useState('40')
  const [isTried, setTried] = useState(false)
  const [asked, setAsked] = useState<'start' | 'discard' | null>(null)
  const { counts, emailsToSend } = data
  const people = effective(counts)
  const isMomentMissing = when === 'later' && !moment
  const isRateMissing = when === 'slow' && !(Number.isInteger(Number(rate)) && Number(rate) > 0)
  const mayStart = data.viewerCan.includes('MEMBERS_IMPORT')

  const ask = () => {
    setTried(true)
    if (isMomentMissing || isRateMissing) document.getElementById(isMomentMissing ? 'emailAt' : 'emailsPerMinute')?.focus()
    else setAsked('start')
  }
  const run = async () => {
    const { startImport } = await request(StartImportDocument, {
      input: {
        importId: data.id,
        ...(when === 'later' && { emailAt: new Date(moment).toISOString() }),
        ...(when === 'slow' && { emailsPerMinute: Number(rate) }),
      },
    })
    if (startImport) client.setQueryData(importQuery(data.id).queryKey, { ...data, ...startImport.import })
    notifyDone(t.startedNote)
  }
  const discard = async () => {
    await request(CancelImportDocument, { input: { importId: data.id } })
    await navigate({ to: '/imports' })
    client.removeQueries({ queryKey: importQuery(data.id).queryKey })
    void client.invalidateQueries({ queryKey: importsKey(workspace) })
  }
  const mails = when === 'later' && moment ? t.mailsAt(emailsToSend, formatMoment(new Date(moment).toISOString()))
    : when === 'slow' ? t.mailsSlow(emailsToSend, Number(rate)) : t.mailsNow(emailsToSend)

  if (!mayStart) return null
  if (people === 0) return <p className="section say"><Icon name="info-circle" />{t.nothingToDo}</p>
  return (
    <section className="panel section" aria-labelledby="when">
      <header><h2 id="when">{t.when(emailsToSend)}</h2></header>
      <div className="pad stack">
        {emailsToSend > 0 && (
          <Radio.Group aria-labelledby="when" value={when} onChange={(value) => setWhen(value as When)}>
            <div className="choices">
              {(['now', 'later', 'slow'] as const).map((value) => <Radio key={value} value={value} label={t[value]} />)}
            </div>
          </Radio.Group>
        )}
        {when === 'later' && (
          <TextInput
            id="emailAt" type="datetime-local" label={t.atMoment} description={t.atHint} value={moment}
            error={isTried && isMomentMissing && t.momentMissing} onChange={(event) => setMoment(event.currentTarget.value)}
          />
        )}
        {when === 'slow' && (
          <TextInput
            id="emailsPerMinute" inputMode="numeric" label={t.perMinute} description={t.perMinuteHint} value={rate}
            error={isTried && isRateMissing && t.rateMissing} onChange={(event) => setRate(event.currentTarget.value)}
          />
        )}
        <InvitationOptions options={data.options} />
        <p className="meta say"><Icon name="info-circle" />{t.closeHint}</p>
        <Group>
          <Button variant="filled" leftSection={<Icon name="send" />} onClick={ask}>{t.start(people, emailsToSend)}</Button>
          <Button variant="subtle" onClick={() => setAsked('discard')}>{t.discard}</Button>
        </Group>
      </div>
      <Confirm
        opened={asked === 'start'} title={t.startTitle(people)} action={t.start(people, emailsToSend)}
        run={run} close={() => setAsked(null)}
      >
        <div className="stack-small">
          <p><strong>{mails}</strong></p>
          {counts.create > 0 && <p>{t.seatsNow(counts.create)}</p>}
          {counts.error > 0 && <p>{t.stayOut(counts.error)}</p>}
        </div>
      </Confirm>
      <Confirm opened={asked === 'discard'} title={t.discardTitle} action={t.discard} run={discard} close={() => setAsked(null)}>
        <p>{t.discardText}</p>
      </Confirm>
    </section>
  )
}

/** What the invitations say beside the usual, and until when they are open. */
function InvitationOptions({ options: { message, expiresAt, neverExpires } }: Pick<ImportDetail, 'options'>) {
  const t = useStrings(strings)
  const { timeZone } = useWorkspace()
  return (
    <>
      {message && <p className="say meta"><Icon name="mail" /><span>{t.withMessage(message)}</span></p>}
      {(expiresAt || neverExpires) && (
        <p className="say meta"><Icon name="clock" />{expiresAt ? t.expires(formatMoment(expiresAt, timeZone)) : t.neverExpires}</p>
      )}
    </>
  )
}
