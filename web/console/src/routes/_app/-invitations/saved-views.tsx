import { ActionIcon, Button, Group, Popover, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useStrings } from '@/i18n/strings'
import { readStored, store } from '@/lib/storage'
import { Icon } from '@/ui/icon'
import { viewOf, type ListSearch } from './list-search'
import { strings } from './strings'

type View = { name: string; search: ListSearch }
const key = 'views:invitations'

/** Filters under a name, kept in this browser. */
export function SavedViews({ search, open }: { search: ListSearch; open: (search: ListSearch) => void }) {
  const t = useStrings(strings)
  const [views, setViews] = useState<View[]>(() => readStored<View[]>(key, []))
  const [name, setName] = useState('')
  const keep = (next: View[]) => {
    setViews(next)
    store(key, next)
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    const title = name.trim()
    if (!title) return
    keep([...views.filter((view) => view.name !== title), { name: title, search: viewOf(search) }])
    setName('')
  }
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target><Button variant="subtle">{t.savedViews}</Button></Popover.Target>
      <Popover.Dropdown>
        <div className="choices">
          {views.map((view) => (
            <Group key={view.name} justify="space-between" wrap="nowrap">
              <Button variant="subtle" onClick={() => open(view.search)}>{view.name}</Button>
              <ActionIcon
                aria-label={t.removeView(view.name)}
                onClick={() => keep(views.filter((other) => other.name !== view.name))}
              >
                <Icon name="x" size={14} />
              </ActionIcon>
            </Group>
          ))}
          <form onSubmit={save}>
            <Group align="flex-end" wrap="nowrap">
              <TextInput label={t.viewName} value={name} onChange={(event) => setName(event.currentTarget.value)} />
              <Button type="submit">{t.saveView}</Button>
            </Group>
          </form>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
