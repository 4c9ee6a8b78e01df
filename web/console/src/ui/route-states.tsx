import { useRouter } from '@tanstack/react-router'
import { useStrings } from '@/i18n/strings'
import { Page } from './page'
import { Empty, Failure } from './states'
import { strings } from './strings'

/** A screen that failed while it was opened. */
export function RouteFailure({ error }: { error: unknown }) {
  const t = useStrings(strings)
  const router = useRouter()
  return <Page title={t.failed}><Failure error={error} retry={() => void router.invalidate()} /></Page>
}

/** An address without a screen. */
export function RouteMissing() {
  const t = useStrings(strings)
  return <Page title={t.missing}><Empty icon="search" title={t.missing} text={t.missingText} /></Page>
}
