import { Link } from '@tanstack/react-router'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { inheritingGroups } from './inheritance'
import type { GroupRow } from './queries'
import { strings } from './strings'

/** Whether a group is public, which groups inherit its learners, and what its people are enrolled in. */
export function AccessPanel({ group, groups }: {
  group: GroupRow & { programs?: { id: string; name: string }[] | null }
  groups: GroupRow[]
}) {
  const t = useStrings(strings)
  const byId = new Map(groups.map((row) => [row.id, row]))
  const heirs = inheritingGroups(byId, { visibility: group.visibility, parentId: group.parent?.id ?? null })
  const passers = groups.filter(({ parent, visibility }) => parent?.id === group.id && visibility === 'PUBLIC')
  const programs = group.programs ?? []
  const links = (rows: { id: string; name: string }[]) => rows.map(({ id, name }, i) => (
    <span key={id}>{i > 0 && ', '}<Link to="/groups/$groupId" params={{ groupId: id }}>{name}</Link></span>
  ))
  return (
    <section className="panel" aria-labelledby="access">
      <header><h2 id="access">{t.accessTitle}</h2></header>
      <div className="pad stack">
        <div className="say">
          <Icon name={group.visibility === 'PRIVATE' ? 'lock' : 'users'} />
          <div><strong>{t.visibilities[group.visibility]}</strong><p className="meta">{t.visibilityText[group.visibility]}</p></div>
        </div>
        <div className="say">
          <Icon name="arrow-up" />
          {heirs.length > 0
            ? <div><strong>{t.inheritedBy}</strong><p>{links(heirs)}</p></div>
            : <div><strong>{t.inheritedByNone}</strong><p className="meta">{t.inheritedByNoneText}</p></div>}
        </div>
        {passers.length > 0 && (
          <div className="say"><Icon name="sitemap" /><div><strong>{t.passes}</strong><p>{links(passers)}</p></div></div>
        )}
        <div className="say">
          <Icon name="calendar" />
          {programs.length > 0
            ? <div><strong>{t.theirPrograms}</strong><p>{programs.map(({ name }) => name).join(', ')}</p></div>
            : <div><strong>{t.noPrograms}</strong><p className="meta">{t.noProgramsText}</p></div>}
        </div>
      </div>
    </section>
  )
}
