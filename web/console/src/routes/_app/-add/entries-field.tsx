import { CloseButton, Input, Pill, PillsInput, UnstyledButton } from '@mantine/core'
import { useRef, type ClipboardEvent, type FocusEvent, type KeyboardEvent } from 'react'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { addEntries, countKinds, isDoubtful, kindOf, type Entry, type Verdict } from './entries'
import { strings } from './strings'

/** A field that takes a pasted list. Each entry is a chip as it was written; bad ones say why. */
export function EntriesField({ entries, text, verdicts, change, error }: {
  entries: Entry[]
  /** What is typed and not an entry yet. */
  text: string
  verdicts: ReadonlyMap<string, Verdict>
  change: (next: { entries?: Entry[]; text?: string }) => void
  error?: string
}) {
  const t = useStrings(strings)
  const input = useRef<HTMLInputElement>(null)
  const counts = countKinds(entries, verdicts)
  const commit = () => {
    if (!text.trim()) return
    change({ entries: addEntries(entries, text), text: '' })
  }
  const press = (event: KeyboardEvent) => {
    if ((event.key === 'Enter' || event.key === ',' || event.key === ';') && text.trim()) {
      event.preventDefault()
      commit()
    }
    if (event.key === 'Backspace' && !text && entries.length > 0) change({ entries: entries.slice(0, -1) })
  }
  const paste = (event: ClipboardEvent) => {
    event.preventDefault()
    change({ entries: addEntries(entries, text + event.clipboardData.getData('text')), text: '' })
  }
  // A press on the button of the form sends what is typed. An entry more would move the button away under the press.
  const leave = ({ relatedTarget }: FocusEvent) => {
    if (!relatedTarget?.matches('[type=submit]')) commit()
  }
  // A press on an entry takes it back into the field for correction.
  const correct = (entry: Entry) => {
    change({ entries: addEntries(entries.filter(({ id }) => id !== entry.id), text), text: entry.text })
    input.current?.focus()
  }
  return (
    <div>
      <PillsInput id="emails" label={t.emails} description={t.emailsHint} error={error}>
        <Pill.Group className="entries" role="group" aria-label={t.entries}>
          {entries.map((entry, i) => (
            <EntryChip
              key={entry.id} entry={entry} verdict={verdicts.get(entry.text)}
              isTwin={entries.findIndex(({ text: other }) => other === entry.text) !== i}
              correct={() => correct(entry)} remove={() => change({ entries: entries.filter(({ id }) => id !== entry.id) })}
            />
          ))}
          <PillsInput.Field
            ref={input} data-autofocus placeholder={t.another} value={text} autoComplete="off" spellCheck={false}
            onChange={(event) => change({ text: event.currentTarget.value })} onKeyDown={press} onPaste={paste} onBlur={leave}
          />
        </Pill.Group>
      </PillsInput>
      <Input.Description component="p" role="status">
        {entries.length > 0 && t.count(entries.length, counts.new, counts.known)}
        {counts.bad > 0 && <>{', '}<strong className="bad">{t.toCorrect(counts.bad)}</strong></>}
      </Input.Description>
    </div>
  )
}

function EntryChip({ entry, verdict, isTwin, correct, remove }: {
  entry: Entry
  verdict?: Verdict
  isTwin: boolean
  correct: () => void
  remove: () => void
}) {
  const t = useStrings(strings)
  const kind = verdict ? kindOf(verdict.status) : 'new'
  const isDoubt = kind === 'new' && verdict !== undefined && isDoubtful(verdict)
  const note = isTwin ? t.twin : isDoubt ? t.doubtful : kind === 'new' ? undefined : verdict?.message
  return (
    <span className={kind === 'bad' ? 'chip bad' : 'chip'} title={note}>
      {kind === 'bad' && <Icon name="alert-circle" />}
      {kind === 'known' && <Icon name="user" />}
      {isDoubt && <span className="wait"><Icon name="alert-triangle" /></span>}
      <UnstyledButton className="entry" onClick={correct} aria-label={t.correct(entry.text)}>{entry.text}</UnstyledButton>
      <CloseButton size={24} icon={<Icon name="x" size={14} />} aria-label={t.remove(entry.text)} onClick={remove} />
    </span>
  )
}
