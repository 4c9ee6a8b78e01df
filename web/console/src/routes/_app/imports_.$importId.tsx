import { createFileRoute } from '@tanstack/react-router'
import type { ImportRowOutcome } from '@/gql/graphql'
import { outcomes } from './-imports/figures'
import { ImportPage } from './-imports/import-page'
import { importQuery } from './-imports/queries'

export const Route = createFileRoute('/_app/imports_/$importId')({
  validateSearch: ({ rows }: Record<string, unknown>): { rows?: ImportRowOutcome } =>
    ({ rows: outcomes.find((outcome) => outcome === rows) }),
  loader: ({ context, params }) => context.queryClient.ensureQueryData(importQuery(params.importId)),
  component: ImportPage,
})
