/** Icons, drawn on 24 by 24 with a stroke of 1.75. They never stand alone as the only sign of a status. */
import type { ReactNode } from 'react'

const drawings = {
  'adjustments-horizontal': (
    <>
      <path d="M4 7h9M19 7h1M4 17h1M11 17h9"/>
      <circle cx="16" cy="7" r="2.5"/>
      <circle cx="8" cy="17" r="2.5"/>
    </>
  ),
  'alert-circle': (<><circle cx="12" cy="12" r="9"/><path d="M12 7.5v5M12 16v.1"/></>),
  'alert-triangle': (<><path d="M12 4L2.8 19.5h18.4zM12 10v4M12 16.9v.1"/></>),
  'arrow-left': (<><path d="M19 12H5M11 6l-6 6 6 6"/></>),
  'arrow-right': (<><path d="M5 12h14M13 6l6 6-6 6"/></>),
  'arrow-up': (<><path d="M12 19V5M6 11l6-6 6 6"/></>),
  'ban': (<><circle cx="12" cy="12" r="9"/><path d="M5.7 5.7l12.6 12.6"/></>),
  'bolt': (<><path d="M13 3L5 14h6l-1 7 8-11h-6z"/></>),
  'calendar': (
    <>
      <rect x="4" y="5" width="16" height="16" rx="2"/>
      <path d="M4 10h16M8 3v4M16 3v4"/>
    </>
  ),
  'check': (<><path d="M5 12.5l4.5 4.5L19 7.5"/></>),
  'chevron-down': (<><path d="M6 9l6 6 6-6"/></>),
  'chevron-left': (<><path d="M15 6l-6 6 6 6"/></>),
  'chevron-right': (<><path d="M9 6l6 6-6 6"/></>),
  'chevron-up': (<><path d="M6 15l6-6 6 6"/></>),
  'circle-check': (<><circle cx="12" cy="12" r="9"/><path d="M8 12.3l2.8 2.7L16 9.5"/></>),
  'circle-x': (<><circle cx="12" cy="12" r="9"/><path d="M9 9l6 6M15 9l-6 6"/></>),
  'clock': (<><circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/></>),
  'columns-3': (<><rect x="3" y="5" width="18" height="14" rx="2"/><path d="M9 5v14M15 5v14"/></>),
  'copy': (
    <>
      <rect x="8" y="8" width="12" height="12" rx="2"/>
      <path d="M16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2"/>
    </>
  ),
  'dots': (<><path d="M5 12v.01M12 12v.01M19 12v.01" strokeWidth="2.6"/></>),
  'download': (<><path d="M12 4v11M7 11l5 5 5-5M5 20h14"/></>),
  'external-link': (
    <>
      <path d="M11 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-5M14 4h6v6M20 4l-9 9"/>
    </>
  ),
  'file-import': (
    <>
      <path d="M5 11V5a2 2 0 0 1 2-2h7l5 5v11a2 2 0 0 1-2 2H9M14 3v5h5M2 17h9M8 14l3 3-3 3"/>
    </>
  ),
  'filter': (<><path d="M4 6h16M7 12h10M10 18h4"/></>),
  'folder': (
    <>
      <path d="M3 7a2 2 0 0 1 2-2h4l2.5 3H19a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/>
    </>
  ),
  'history': (<><path d="M4 5v4.5h4.5M4.3 9.5A8.5 8.5 0 1 1 3.5 13M12 8v4.5l3 1.8"/></>),
  'home': (<><path d="M4 11l8-7 8 7v8a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 19z"/></>),
  'id': (
    <>
      <rect x="3" y="5" width="18" height="14" rx="2"/>
      <circle cx="9" cy="10.5" r="2"/>
      <path d="M5.8 16c.4-1.5 1.6-2.3 3.2-2.3s2.8.8 3.2 2.3M15 10h3M15 14h3"/>
    </>
  ),
  'info-circle': (<><circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 8v.1"/></>),
  'language': (
    <>
      <path d="M4 6h9M8.500 4v2M5 16c4-1.500 6.500-5 7-10M6 9c.6 3 3 5.200 6 6.500M12.500 20l4-10 4 10M14 17h5"/>
    </>
  ),
  'link': (
    <>
      <path d="M10 14a4 4 0 0 0 5.7.3l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-5.7-.3l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2"/>
    </>
  ),
  'lock': (
    <>
      <rect x="5" y="11" width="14" height="10" rx="2"/>
      <path d="M8 11V7.5a4 4 0 0 1 8 0V11"/>
    </>
  ),
  'logout': (<><path d="M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M14 8l4 4-4 4M18 12H9"/></>),
  'mail': (
    <>
      <rect x="3" y="5" width="18" height="14" rx="2"/>
      <path d="M3.5 7.5L12 13l8.5-5.5"/>
    </>
  ),
  'mail-opened': (
    <>
      <path d="M3 10l9-6 9 6v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM3.5 10.5L12 16l8.5-5.5"/>
    </>
  ),
  'map-pin': (
    <>
      <path d="M12 21c4.5-4.6 7-8 7-11a7 7 0 1 0-14 0c0 3 2.5 6.4 7 11z"/>
      <circle cx="12" cy="10" r="2.5"/>
    </>
  ),
  'menu-2': (<><path d="M4 7h16M4 12h16M4 17h16"/></>),
  'pencil': (<><path d="M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5"/></>),
  'player-pause': (
    <>
      <rect x="6" y="5" width="4" height="14" rx="1"/>
      <rect x="14" y="5" width="4" height="14" rx="1"/>
    </>
  ),
  'player-play': (<><path d="M7 4.500v15l12-7.500z"/></>),
  'plus': (<><path d="M12 5v14M5 12h14"/></>),
  'refresh': (
    <>
      <path d="M20 11a8 8 0 0 0-14.5-3.5L4 9.5M4 4.5v5h5M4 13a8 8 0 0 0 14.5 3.5l1.5-2M20 19.5v-5h-5"/>
    </>
  ),
  'search': (<><circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/></>),
  'selector': (<><path d="M8 9l4-4 4 4M16 15l-4 4-4-4"/></>),
  'send': (<><path d="M3.5 11L20.5 3.5 14 20.5l-3.5-7zM10.5 13.5l10-10"/></>),
  'shield': (<><path d="M12 3l8 3v6c0 4.5-3.2 7.5-8 9-4.8-1.5-8-4.5-8-9V6z"/></>),
  'sitemap': (
    <>
      <rect x="9" y="3" width="6" height="5" rx="1"/>
      <rect x="3" y="16" width="6" height="5" rx="1"/>
      <rect x="15" y="16" width="6" height="5" rx="1"/>
      <path d="M12 8v4M6 16v-4h12v4"/>
    </>
  ),
  'sun-moon': (
    <>
      <circle cx="12" cy="12" r="9"/>
      <path d="M12 3v18M12 3a9 9 0 0 1 0 18z" fill="currentColor"/>
    </>
  ),
  'trash': (<><path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"/></>),
  'upload': (<><path d="M12 16V5M7 9l5-5 5 5M5 20h14"/></>),
  'user': (<><circle cx="12" cy="8" r="4"/><path d="M4 21c.6-4 3.8-6 8-6s7.4 2 8 6"/></>),
  'user-plus': (
    <>
      <circle cx="10" cy="8" r="3.5"/>
      <path d="M3 20c.4-3.6 3.2-5.5 7-5.5 1.5 0 2.9.3 4 .9M18 14v6M15 17h6"/>
    </>
  ),
  'users': (
    <>
      <circle cx="9" cy="8" r="3.5"/>
      <path d="M2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5M16 4.8a3.5 3.5 0 0 1 0 6.4M18.5 15c1.8.8 2.8 2.4 3 5"/>
    </>
  ),
  'wifi-off': (
    <>
      <path d="M3 3l18 18M8.5 16.4a5 5 0 0 1 7 0M5.5 12.9a9.5 9.5 0 0 1 4-2.3M14.6 10.7a9.5 9.5 0 0 1 3.9 2.2M2.5 9.4a14 14 0 0 1 4.2-2.6M10.5 5.7a14 14 0 0 1 11 3.7M12 20v.01"/>
    </>
  ),
  'x': (<><path d="M6 6l12 12M18 6L6 18"/></>),
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof drawings

/** An icon beside a word. It is hidden from assistive technology: the word says it. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="i" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      {drawings[name]}
    </svg>
  )
}
