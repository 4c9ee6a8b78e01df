import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLanguage, useStrings } from '@/i18n/strings'
import { joinWarningsQuery } from '@/lib/join-warnings'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { joinSentence } from '@/ui/join-sentence'
import { JoinSwitch } from '@/ui/join-switch'
import { Page } from '@/ui/page'
import { ShareLink } from '@/ui/share-link'
import { stateOf } from './join-form'
import { nameOf, useSwitch } from './join-link-state'
import { Preview } from './preview'
import { joinLinkQuery, waitingQuery } from './queries'
import { Settings } from './settings'
import { strings } from './strings'
import './join-pages.css'

const route = getRouteApi('/_app/join-pages_/$linkId')

/** One join page: its switch, its link, and its settings. */
export function JoinLinkPage() {
  const t = useStrings(strings)
  const language = useLanguage()
  const { id: workspace, viewerPermissions } = useWorkspace()
  const { linkId } = route.useParams()
  const { data: link } = useSuspenseQuery(joinLinkQuery(linkId))
  const mayDecide = viewerPermissions.includes('MEMBERS_INVITE')
  const { data: waiting } = useQuery({ ...waitingQuery(workspace, linkId), enabled: mayDecide })
  const { data: warnings } = useQuery(joinWarningsQuery(linkId))
  const turn = useSwitch()
  const mayChange = link.viewerCan.includes('JOIN_LINKS_MANAGE')
  const state = stateOf(link)
  return (
    <Page title={nameOf(link)}>
      <p className="back"><Icon name="chevron-left" /><Link to="/join-pages">{t.all}</Link></p>
      <p className="meta num join-counter" role="status">
        {t.counter(link.joinCount, link.maxJoins ?? null)}
        {waiting ? <>{'. '}<Link to="/invitations" search={{ tab: 'requests' }}>{t.wait(waiting)}</Link></> : null}
      </p>
      {!mayChange && <p className="say"><Icon name="lock" />{t.readOnly}</p>}
      <div className="join-page">
        <div className="stack">
          <section className="panel pad stack">
            <JoinSwitch
              isOn={link.enabled} word={link.enabled ? t.openWord : t.closedWord} sentence={joinSentence(link, language)}
              isDisabled={!mayChange} change={(isOn) => turn(link, isOn)}
            />
            <ul role="status">
              {warnings?.map((warning) => <li key={warning} className="say wait"><Icon name="alert-triangle" />{t.warnings[warning]}</li>)}
            </ul>
            {state === 'EXPIRED' && <p className="say wait"><Icon name="clock" />{t.expiredText}</p>}
            {state === 'FULL' && <p className="say wait"><Icon name="users" />{t.fullText}</p>}
          </section>
          <section className="panel" aria-labelledby="share">
            <header><h2 id="share">{t.share}</h2></header>
            <div className="pad"><ShareLink url={link.url} name={nameOf(link)} /></div>
          </section>
          {mayChange && <Settings key={link.id} link={link} />}
        </div>
        <Preview link={link} />
      </div>
    </Page>
  )
}
