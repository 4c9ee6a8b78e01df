import { useQuery } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { languageNames, languages, type Language } from '@/i18n/language'
import { useLanguage, useStrings } from '@/i18n/strings'
import { Segments } from '@/ui/segments'
import { Failure, Loading } from '@/ui/states'
import { nameOf } from './join-link-state'
import { pageQuery, type JoinLinkDetail } from './queries'
import { strings } from './strings'

const schemes = ['light', 'dark'] as const
type Scheme = (typeof schemes)[number]

/** The public page of a join link, as people see it now, in their language and colours. */
export function Preview({ link }: { link: JoinLinkDetail }) {
  const t = useStrings(strings)
  const [language, setLanguage] = useState<Language>(useLanguage())
  const [scheme, setScheme] = useState<Scheme>('light')
  const [height, setHeight] = useState<number>()
  const { data: page, error, refetch } = useQuery(pageQuery(link, language))
  const finish = ({ currentTarget: { contentDocument } }: SyntheticEvent<HTMLIFrameElement>) => {
    if (!contentDocument) return
    paint(contentDocument, scheme)
    setHeight(contentDocument.documentElement.scrollHeight)
  }
  return (
    <section aria-labelledby="preview" className="preview">
      <h2 id="preview">{t.preview}</h2>
      <p className="meta">{t.previewHint}</p>
      <div className="preview-looks">
        <Segments
          label={t.previewLanguage} value={language} change={setLanguage}
          options={languages.map((value) => ({ value, label: languageNames[value], lang: value }))}
        />
        <Segments
          label={t.previewColours} value={scheme} change={setScheme}
          options={schemes.map((value) => ({ value, label: t.schemes[value] }))}
        />
      </div>
      {error ? <Failure error={error} retry={() => void refetch()} /> : null}
      {!page && !error && <Loading />}
      {page && (
        <div className="device">
          {/* Without scripts and forms, and inert: it is looked at, not used. */}
          <iframe
            key={scheme} title={t.previewOf(nameOf(link))} srcDoc={page} sandbox="allow-same-origin" inert
            onLoad={finish} style={{ height }}
          />
        </div>
      )}
    </section>
  )
}

/** Shows a page that follows the scheme of the device in another one: a frame cannot be given a scheme of its own. */
function paint(page: Document, scheme: Scheme): void {
  page.documentElement.style.colorScheme = scheme
  for (const sheet of page.styleSheets) {
    for (const rule of sheet.cssRules) {
      // A rule of another document is no instance of a class of this one.
      const { media } = rule as Partial<CSSMediaRule>
      if (media?.mediaText === '(prefers-color-scheme: dark)') media.mediaText = scheme === 'dark' ? 'all' : 'not all'
    }
  }
}
