import { Button, Menu } from '@mantine/core'
import type { SpreadsheetFormat } from '@/gql/graphql'
import { useLanguage, useStrings } from '@/i18n/strings'
import { openDownload } from '@/lib/download'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { notifyFailure } from '@/ui/notify'
import { ExportDocument } from './queries'
import { strings } from './strings'

const formats: SpreadsheetFormat[] = ['CSV', 'XLSX']

/** Downloads all people as a file; the filters of the list do not apply. */
export function ExportMenu() {
  const t = useStrings(strings)
  const locale = useLanguage()
  const workspace = useWorkspace()
  const download = async (format: SpreadsheetFormat) => {
    const answer = await request(ExportDocument, { workspace: workspace.id, format, locale })
    if (answer.workspace) openDownload(answer.workspace.membersExportUrl)
  }
  return (
    <Menu>
      <Menu.Target><Button className="wide" leftSection={<Icon name="download" />}>{t.export}</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.exportAll}</Menu.Label>
        {formats.map((format) => (
          <Menu.Item key={format} onClick={() => void download(format).catch(notifyFailure)}>{format}</Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
