import { Checkbox } from '@mantine/core'
import type { Permission } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { permissionParts, strings } from './permission-strings'

const parts = Object.keys(permissionParts) as (keyof typeof permissionParts)[]

/** Chooses permissions. Offered are those that the person holds, and those that are chosen already. */
export function PermissionFields({ id, label, hint, offered, value, change, error }: {
  id: string
  label: string
  hint: string
  offered: readonly Permission[]
  value: Permission[]
  change: (permissions: Permission[]) => void
  error?: string
}) {
  const t = useStrings(strings)
  const shown = (permission: Permission) => offered.includes(permission) || value.includes(permission)
  const toggle = (permission: Permission, isOn: boolean) =>
    change(isOn ? [...value, permission] : value.filter((one) => one !== permission))
  return (
    <div role="group" id={id} tabIndex={-1} aria-labelledby={`${id}-label`} aria-describedby={error ? `${id}-error` : undefined}>
      <p id={`${id}-label`} className="copy-label">{label}</p>
      <p className="meta">{hint}</p>
      {error && <p id={`${id}-error`} className="bad meta">{error}</p>}
      {parts.filter((part) => permissionParts[part].some(shown)).map((part) => (
        <fieldset key={part} className="checks-part">
          <legend>{t.parts[part]}</legend>
          <div className="checks">
            {permissionParts[part].filter(shown).map((permission) => (
              <Checkbox
                key={permission} label={t.names[permission]} checked={value.includes(permission)}
                onChange={(event) => toggle(permission, event.currentTarget.checked)}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  )
}
