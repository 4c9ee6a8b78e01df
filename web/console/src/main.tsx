import './theme/mantine.css'
import './theme/tokens.css'
import './theme/parts.css'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { currentLanguage } from './i18n/language'
import { onSessionChange } from './lib/session'
import { makeQueryClient } from './query-client'
import { makeRouter } from './router'
import { Gate } from './session/gate'
import { cssVariablesResolver, theme } from './theme/theme'
import { Notices } from './ui/notify'

// Security: the page allows only style elements that carry the nonce of this response.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
setNonce(nonce)
currentLanguage()

const queryClient = makeQueryClient()
const router = makeRouter(queryClient)
const schemeManager = localStorageColorSchemeManager({ key: 'usher-console:scheme' })
onSessionChange(() => void router.invalidate())

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
        colorSchemeManager={schemeManager}
        getStyleNonce={() => nonce}
      >
        <Notices />
        <Gate><RouterProvider router={router} /></Gate>
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
)
