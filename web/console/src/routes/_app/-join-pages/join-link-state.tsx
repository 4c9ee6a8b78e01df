import { useQueryClient } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { keepJoinWarnings } from '@/lib/join-warnings'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import type { IconName } from '@/ui/icon'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { Status, type Tone } from '@/ui/status'
import { stateOf, type PageState } from './join-form'
import { joinLinkQuery, joinLinksKey, UpdateJoinLinkDocument, type JoinLinkRow } from './queries'
import { strings } from './strings'

const looks: Record<PageState, [Tone, IconName]> = {
  OPEN: ['good', 'circle-check'], OFF: ['off', 'ban'], EXPIRED: ['wait', 'clock'], FULL: ['wait', 'users'],
}

export function JoinState({ link }: { link: JoinLinkRow }) {
  const t = useStrings(strings)
  const state = stateOf(link)
  const [tone, icon] = looks[state]
  return <Status tone={tone} icon={icon}>{t.states[state]}</Status>
}

/** What a page is called: its title, else its address. */
export const nameOf = (link: { title?: string | null; slug: string }): string => link.title ?? link.slug

/** Opens and closes a page. It shows at once and is taken back with a reason when the server refuses. */
export function useSwitch(): (link: JoinLinkRow, isOn: boolean) => void {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const show = (id: string, next: Partial<JoinLinkRow>) => {
    patchRows(client, joinLinksKey(workspace), new Map([[id, next]]))
    client.setQueryData(joinLinkQuery(id).queryKey, (previous) => previous && { ...previous, ...next })
  }
  const change = async (link: JoinLinkRow, isOn: boolean, isUndo: boolean) => {
    show(link.id, { enabled: isOn })
    try {
      const { updateJoinLink } = await request(UpdateJoinLinkDocument, { input: { joinLinkId: link.id, enabled: isOn } })
      if (updateJoinLink) {
        show(link.id, updateJoinLink.joinLink)
        keepJoinWarnings(client, link.id, isOn ? updateJoinLink.warnings : [])
      }
      const say = isOn ? t.opened(nameOf(link)) : t.closed(nameOf(link))
      notifyDone(say, isUndo ? undefined : { label: t.undo, run: () => void change(link, !isOn, true) })
    } catch (problem) {
      show(link.id, { enabled: !isOn })
      notifyFailure(problem)
    }
  }
  return (link, isOn) => void change(link, isOn, false)
}
