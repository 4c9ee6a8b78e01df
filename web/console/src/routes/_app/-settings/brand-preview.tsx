import type { CSSProperties } from 'react'
import { useStrings } from '@/i18n/strings'
import { strings } from './workspace-strings'

const looks = ['light', 'dark'] as const

/** How invitees see the brand, while it is typed: the same small page in both schemes. */
export function BrandPreview({ name, color, contact, hasLogo }: { name: string; color: string; contact: string; hasLogo: boolean }) {
  const t = useStrings(strings)
  const shown = name.trim() || t.name
  const brand = /^#[0-9a-f]{6}$/i.test(color.trim()) ? color.trim() : undefined
  return (
    <section className="brand-preview" aria-labelledby="brand-preview">
      <h2 id="brand-preview">{t.preview}</h2>
      <p className="meta">{hasLogo ? t.previewLogo : t.previewText}</p>
      {looks.map((look) => (
        <figure key={look}>
          <div className="brand-page" data-look={look} style={brand ? ({ '--brand': brand } as CSSProperties) : undefined}>
            <p className="brand-mast"><span className="mono" aria-hidden="true">{shown.slice(0, 1).toUpperCase()}</span>{shown}</p>
            <p className="brand-title">{t.previewTitle(shown)}</p>
            <p className="brand-button">{t.previewAccept}</p>
            <p className="brand-foot">{contact.trim() ? t.previewContact(contact.trim()) : t.previewNoContact}</p>
          </div>
          <figcaption className="meta">{t.looks[look]}</figcaption>
        </figure>
      ))}
    </section>
  )
}
