// An import: a file, its preview, and its progress while it runs.
import { useMutation, useSubscription } from '@apollo/client/react'
import { useState, type ChangeEvent } from 'react'
import { CreateImportDocument, ImportProgressDocument, StartImportDocument, type CreateImportMutation } from '../gql/graphql'
import { post, refresh } from '../session'

const emailsLater = () => new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString()

export function ImportPanel({ workspaceId }: { workspaceId: string }) {
  const [importId, setImportId] = useState<string>()
  const [fault, setFault] = useState<string>()
  const upload = async ({ target: { files } }: ChangeEvent<HTMLInputElement>) => {
    const file = files?.[0]
    if (!file) return
    await refresh() // so that a long upload is not refused at its end
    const input = { workspaceId, action: 'INVITE', content: { file: null } }
    const { data, errors } = await post<CreateImportMutation>(CreateImportDocument, { input }, file)
    setFault(errors?.[0]?.message)
    setImportId(data?.createImport?.import.id)
  }
  return (
    <section aria-labelledby="import">
      <h2 id="import">Import</h2>
      <label>File of people <input type="file" accept=".csv,.tsv,.xlsx" onChange={upload} /></label>
      {fault && <p role="alert">{fault}</p>}
      {importId && <Progress key={importId} importId={importId} />}
    </section>
  )
}

function Progress({ importId }: { importId: string }) {
  const { data } = useSubscription(ImportProgressDocument, { variables: { id: importId } })
  const [start] = useMutation(StartImportDocument)
  if (!data) return <p>Reading the file…</p>
  const { import: { status, counts }, secondsLeft } = data.importProgress
  const total = counts.invite + counts.error
  const begin = (emailAt?: string) => start({ variables: { input: { importId, emailAt: emailAt ?? null } } })
  return (
    <>
      <p>
        {status}: {counts.done} of {total}{counts.error > 0 && `, ${counts.error} rejected`}
        {secondsLeft !== null && `, ${secondsLeft} s left`}
      </p>
      <progress max={total} value={counts.done} aria-label="Rows done" />
      {status === 'PREVIEWED' && <button onClick={() => begin()}>Invite {counts.invite} people</button>}
      {status === 'PREVIEWED' && <button onClick={() => begin(emailsLater())}>Invite them, email in 30 days</button>}
    </>
  )
}
