/** Cards of several people as documents to print. */
import { graphql } from '@/gql'
import type { IssueCardsInput } from '@/gql/graphql'
import { openDownload } from '@/lib/download'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'

const IssueCardsDocument = graphql(`
  mutation ConsoleIssueCards($input: IssueCardsInput!) {
    issueCards(input: $input) { results { id error { message } } sheetUrl nextAfterId }
  }
`)

/** Issues cards for some people. The address of the document to print is put into sheets. */
export async function issueCards(input: IssueCardsInput, sheets: string[]) {
  const { issueCards: answer } = await request(IssueCardsDocument, { input })
  if (!answer) throw new ApiError('INTERNAL', 'The answer was empty.')
  if (answer.sheetUrl) sheets.push(answer.sheetUrl)
  return answer
}

/** Hands the documents over. Browsers drop a download that follows another one immediately. */
export async function openSheets(sheets: readonly string[]): Promise<void> {
  for (const [i, url] of sheets.entries()) {
    if (i > 0) await new Promise((resolve) => { setTimeout(resolve, 1_000) })
    openDownload(url)
  }
}
