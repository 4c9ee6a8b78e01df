import { Modal as MantineModal, type ModalProps } from '@mantine/core'
import { useEffect } from 'react'

const inWindows = '[role=dialog], [role=menu], [role=listbox]'

/** What had the focus last outside of dialogs and menus: a dialog that an entry of a menu opens goes back to its button. */
let opener: HTMLElement | null = null
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest(inWindows)) opener = target
})

/** How long a dialog is still there after it has closed, in milliseconds. */
const leaving = 350

/** A dialog. When it is gone, the focus goes back to what opened it, else to the title of the screen. */
export function Modal(props: ModalProps) {
  const { opened } = props
  useEffect(() => {
    if (!opened) return undefined
    const from = opener
    const path = window.location.pathname
    const giveBack = () => {
      if (document.activeElement !== document.body) return // somebody, or another dialog, has it
      const isThere = from?.isConnected && window.location.pathname === path
      const target = isThere ? from : document.getElementById('screen-title')
      target?.focus()
    }
    return () => {
      setTimeout(giveBack)
      setTimeout(giveBack, leaving)
    }
  }, [opened])
  return <MantineModal returnFocus={false} {...props} />
}
