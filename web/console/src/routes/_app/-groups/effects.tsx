import { useQuery } from '@tanstack/react-query'
import { formatList } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import type { GroupLike } from './inheritance'
import { groupProgramsQuery } from './queries'
import { strings } from './strings'

/** What a change of a group does to its learners, before it is saved. */
export function Effects({ joined, left }: { joined: GroupLike[]; left: GroupLike[] }) {
  const t = useStrings(strings)
  const { data: programs = [] } = useQuery(groupProgramsQuery(joined.map(({ id }) => id)))
  const names = (groups: GroupLike[]) => formatList(groups.map(({ name }) => name))
  return (
    <section className="effects" aria-live="polite">
      <h3>{t.effects}</h3>
      <ul>
        {joined.length > 0 && (
          <li className="say">
            <Icon name="arrow-up" />
            <div>
              <p>{t.joins(names(joined))}</p>
              {programs.length > 0 && <p className="meta">{t.programs(formatList(programs))}</p>}
            </div>
          </li>
        )}
        {left.length > 0 && <li className="say"><Icon name="logout" /><p>{t.leaves(names(left))}</p></li>}
        {joined.length + left.length === 0 && <li className="say"><Icon name="info-circle" /><p>{t.unchanged}</p></li>}
      </ul>
    </section>
  )
}
