import { useEffect } from 'react'

/** Moves the focus to the title where the tree, which held it, has given way to the details: on a phone. */
export function useFocusOnDetails(chosen: string | undefined): void {
  useEffect(() => {
    const { activeElement } = document
    const isLost = activeElement === document.body || (activeElement instanceof HTMLElement && !activeElement.offsetParent)
    if (chosen && isLost && !document.querySelector('[role=dialog]')) document.getElementById('screen-title')?.focus()
  }, [chosen])
}
