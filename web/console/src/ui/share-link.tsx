import { Button } from '@mantine/core'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { copyText } from '@/lib/copy'
import { Icon } from './icon'
import { notifyFailure } from './notify'
import { strings } from './strings'
import './join-switch.css'

/** A link to share: to copy, to open, and as a QR code, which is drawn here and sent nowhere. */
export function ShareLink({ url, name }: { url: string; name: string }) {
  const t = useStrings(strings)
  const [isCopied, setCopied] = useState(false)
  const [picture, setPicture] = useState<string | null>(null)
  const copy = async () => {
    await copyText(url)
    setCopied(true)
    setTimeout(() => setCopied(false), 4000)
  }
  const toggle = async () => {
    if (picture) return setPicture(null)
    const { renderSVG } = await import('uqr')
    setPicture(`data:image/svg+xml;base64,${btoa(renderSVG(url, { border: 3 }))}`)
    return undefined
  }
  return (
    <div className="share">
      <code>{url}</code>
      <Button leftSection={<Icon name={isCopied ? 'check' : 'copy'} />} onClick={() => void copy().catch(notifyFailure)}>{t.copyLink}</Button>
      <Button aria-expanded={Boolean(picture)} onClick={() => void toggle().catch(notifyFailure)}>{t.qrCode}</Button>
      <Button component="a" href={url} target="_blank" rel="noreferrer" leftSection={<Icon name="external-link" />}>
        {t.openPage}
      </Button>
      <span className="vh" role="status">{isCopied ? t.copied : ''}</span>
      {picture && (
        <div className="picture">
          <p><img src={picture} width={200} height={200} alt={t.qrOf(name)} /></p>
          <a href={picture} download={`${name}.svg`}>{t.saveQr}</a>
        </div>
      )}
    </div>
  )
}
