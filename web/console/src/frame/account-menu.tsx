import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useRouteContext } from '@tanstack/react-router'
import { chooseLanguage, languageNames, languages } from '@/i18n/language'
import { useLanguage, useStrings } from '@/i18n/strings'
import { signOut } from '@/lib/session'
import { Icon } from '@/ui/icon'
import { displayName, initials } from '@/ui/person'
import { notifyFailure } from '@/ui/notify'
import { strings } from './strings'

const schemes: MantineColorScheme[] = ['auto', 'light', 'dark']

/** The signed-in person: language, colours, password, sign-out. */
export function AccountMenu() {
  const t = useStrings(strings)
  const language = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const user = useRouteContext({ from: '/_app', select: (context) => context.viewer.user })
  const name = displayName(user)
  return (
    <Menu position="top-start" width="target">
      <Menu.Target>
        <button className="switcher" type="button" aria-label={`${t.account}: ${name}`}>
          <span className="face mini" aria-hidden="true">{initials(name)}</span>
          <span>{name}{user.email && <small title={user.email}>{user.email}</small>}</span>
          <Icon name="selector" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.language}</Menu.Label>
        {languages.map((other) => (
          <Menu.Item
            key={other} lang={other} closeMenuOnClick={false} onClick={() => chooseLanguage(other)}
            rightSection={other === language ? <Icon name="check" /> : null}
            aria-current={other === language ? 'true' : undefined}
          >
            {languageNames[other]}
          </Menu.Item>
        ))}
        <Menu.Label>{t.scheme}</Menu.Label>
        {schemes.map((scheme) => (
          <Menu.Item
            key={scheme} closeMenuOnClick={false} onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme ? <Icon name="check" /> : null}
            aria-current={scheme === colorScheme ? 'true' : undefined}
          >
            {t.schemes[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component="a" href="/" leftSection={<Icon name="home" />}>{t.publicPages}</Menu.Item>
        <Menu.Item component="a" href="/change-password" leftSection={<Icon name="lock" />}>{t.password}</Menu.Item>
        <Menu.Item leftSection={<Icon name="logout" />} onClick={() => void signOut().catch(notifyFailure)}>
          {t.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
