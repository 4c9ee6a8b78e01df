import { Radio } from '@mantine/core'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { Confirm } from '@/ui/confirm'
import { strings } from './strings'

const spans = [24, 168, 0] as const
type Hours = (typeof spans)[number]

/** When a former secret ends that works some hours more: a moment that has passed ends it at once. */
export const endAfter = (hours: number): string => new Date(hours > 0 ? Date.now() + hours * 3_600_000 : 0).toISOString()

/** Asks how long the former secret works beside the new one. */
export function RotateDialog({ name, text, run, close }: {
  name: string
  text: string
  run: (hours: number) => Promise<unknown>
  close: () => void
}) {
  const t = useStrings(strings)
  const [hours, setHours] = useState<Hours>(24)
  return (
    <Confirm opened title={t.rotateTitle(name)} action={t.rotate} run={() => run(hours)} close={close}>
      <div className="stack">
        <p>{text}</p>
        <Radio.Group
          label={t.formerEnds} description={t.spanHint} value={String(hours)}
          onChange={(value) => setHours(spans.find((span) => String(span) === value) ?? 24)}
        >
          <div className="choices">{spans.map((span) => <Radio key={span} value={String(span)} label={t.spans[span]} />)}</div>
        </Radio.Group>
      </div>
    </Confirm>
  )
}
