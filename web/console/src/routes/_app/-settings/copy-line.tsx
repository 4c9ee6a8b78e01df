import { Button } from '@mantine/core'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { copyText } from '@/lib/copy'
import { Icon } from '@/ui/icon'
import { notifyFailure } from '@/ui/notify'
import { strings } from './strings'

/** A value that is copied into a program, with its name above it. */
export function CopyLine({ label, value, isMain }: { label: string; value: string; isMain?: boolean }) {
  const t = useStrings(strings)
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await copyText(value)
    setCopied(true)
    setTimeout(() => setCopied(false), 4000)
  }
  return (
    <div>
      <p className="copy-label">{label}</p>
      <div className="copy-line">
        <code>{value}</code>
        <Button
          variant={isMain ? 'filled' : 'default'} leftSection={<Icon name={isCopied ? 'check' : 'copy'} />}
          aria-label={isCopied ? t.copiedOf(label) : t.copyOf(label)} data-autofocus={isMain} onClick={() => void copy().catch(notifyFailure)}
        >
          {isCopied ? t.copied : t.copy}
        </Button>
        <span className="vh" role="status">{isCopied ? t.copied : ''}</span>
      </div>
    </div>
  )
}
