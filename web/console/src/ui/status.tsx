import { Icon, type IconName } from './icon'

/** How a status is coloured: it went well, it waits, it failed, it informs, or it is over. */
export type Tone = 'good' | 'wait' | 'bad' | 'info' | 'off'

/** A status: an icon, a word and a colour, never the colour alone. */
export function Status({ tone, icon, children }: { tone: Tone; icon: IconName; children: string }) {
  return <span className={`st ${tone}`}><Icon name={icon} />{children}</span>
}
