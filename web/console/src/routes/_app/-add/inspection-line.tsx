import { Button } from '@mantine/core'
import { formatList, formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { importStrings } from './import-strings'
import { hasUnknown } from './mapping'
import type { InspectedColumn, Inspection } from './queries'

/** The id of the line, for the focus. */
export const inspectionLineId = 'what-was-read'

/** How many columns are named. */
const named = 6

type Props = { inspection: Inspection | undefined; isReading: boolean; choose: () => void }

/** What a list holds, in a line below it: how it is read, and which columns are left out or not recognized. */
export function InspectionLine({ inspection, isReading, choose }: Props) {
  const t = useStrings(importStrings)
  const { say, isUnknown } = useSentence(inspection)
  return (
    <div className="read-as">
      <p id={inspectionLineId} className={isUnknown ? 'say wait' : 'say meta'} role="status" tabIndex={-1}>
        {(isReading || say) && <Icon name={isUnknown ? 'alert-triangle' : 'info-circle'} />}
        {isReading ? t.reading : say}
      </p>
      {inspection && !isUnknown && !isReading && (
        <Button variant="subtle" size="compact-sm" leftSection={<Icon name="columns-3" />} onClick={choose}>{t.choose}</Button>
      )}
    </div>
  )
}

function useSentence(inspection: Inspection | undefined): { say: string; isUnknown: boolean } {
  const t = useStrings(importStrings)
  if (!inspection) return { say: '', isUnknown: false }
  const { reading: { encoding, headerRow, sheet }, columns } = inspection
  const nameAll = (list: InspectedColumn[]) => {
    const names = list.slice(0, named).map(({ column: { header, letter } }) => header ?? t.column(letter))
    return formatList(list.length > named ? [...names, t.andMore(list.length - named)] : names)
  }
  if (hasUnknown(columns)) {
    const unknown = columns.filter(({ recognized }) => !recognized)
    return { say: headerRow ? t.unknown(unknown.length, nameAll(unknown)) : t.noneKnown, isUnknown: true }
  }
  const leftOut = columns.filter(({ column }) => column.ignored)
  const facts = [
    ...(encoding ? [encoding] : []), ...(sheet ? [t.sheet(sheet)] : []),
    headerRow ? t.headingsIn(formatNumber(headerRow)) : t.noHeadings,
  ]
  return { say: [t.readAs(facts), ...(leftOut.length > 0 ? [t.leftOutColumns(nameAll(leftOut))] : [])].join(' '), isUnknown: false }
}
