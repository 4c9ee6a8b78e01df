import { Button, Group } from '@mantine/core'
import { formatDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { saveText } from '@/lib/download'
import { Modal } from '@/ui/modal'
import { strings as common } from '@/ui/strings'
import { strings } from './profile-strings'

/** A card that was issued. It cannot be read again, so it is offered as a file to print. */
export function CardDialog({ card, name, close }: {
  card: { code: string; codeUrl: string; pin: string; expiresAt: string; qrSvg: string; html: string }
  name: string
  close: () => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const picture = `data:image/svg+xml;base64,${btoa(card.qrSvg)}`
  return (
    <Modal opened onClose={close} title={t.cardTitle(name)} closeButtonProps={{ 'aria-label': c.close }}>
      <div className="stack">
        <p><img src={picture} alt={t.qr} width={200} height={200} className="qr" /></p>
        <dl className="facts">
          <dt>{t.cardAddress}</dt><dd>{card.codeUrl}</dd>
          <dt>{t.cardCode}</dt><dd className="num">{card.code}</dd>
          <dt>{t.pin}</dt><dd className="num">{card.pin}</dd>
          <dt>{t.cardUntil}</dt><dd>{formatDay(card.expiresAt)}</dd>
        </dl>
        <Group justify="flex-end">
          <Button onClick={close}>{c.close}</Button>
          <Button variant="filled" onClick={() => saveText(`${name}.html`, 'text/html', card.html)}>{t.cardSave}</Button>
        </Group>
      </div>
    </Modal>
  )
}
