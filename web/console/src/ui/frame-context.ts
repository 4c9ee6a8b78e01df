import { createContext, useContext, type ReactNode } from 'react'

/** What the frame puts around every screen. */
export type Frame = {
  workspaceName: string
  menuButton: ReactNode
  addButton: ReactNode
  /** A message that concerns every screen, such as a lost connection. */
  notice: ReactNode
}

export const FrameContext = createContext<Frame>({
  workspaceName: '', menuButton: null, addButton: null, notice: null,
})

export const useFrame = (): Frame => useContext(FrameContext)
