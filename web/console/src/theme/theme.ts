/** The theme of Mantine's parts. All values come from tokens.css, so that both say the same. */
import {
  ActionIcon, Button, Checkbox, CloseButton, createTheme, defaultVariantColorsResolver, Input, Menu,
  Modal, NavLink, Popover, type CSSVariablesResolver, type MantineColorsTuple, type VariantColorsResolver,
} from '@mantine/core'

const brand = Array.from({ length: 10 }, () => 'var(--brand-ink)') as unknown as MantineColorsTuple
const bad = Array.from({ length: 10 }, () => 'var(--bad)') as unknown as MantineColorsTuple

/** Colours of buttons: one filled button a page, everything else is ink on paper. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const ink = input.color === 'bad' ? 'var(--bad)' : 'var(--ink)'
  switch (input.variant) {
    case 'filled':
      return {
        background: 'var(--brand-fill)', hover: 'var(--brand-hover)', color: 'var(--on-brand)',
        border: '1px solid var(--brand-edge)',
      }
    case 'default':
      return { background: 'var(--paper)', hover: 'var(--sunk)', color: ink, border: '1px solid var(--line-2)' }
    case 'subtle':
      return { background: 'transparent', hover: 'var(--press)', color: ink, border: '1px solid transparent' }
    default:
      return defaultVariantColorsResolver(input)
  }
}

export const theme = createTheme({
  colors: { brand, bad },
  primaryColor: 'brand',
  primaryShade: 8,
  autoContrast: false,
  variantColorResolver,
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '14px', xl: '14px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', size: 32 } }),
    Button: Button.extend({ defaultProps: { variant: 'default', size: 'sm' } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'sm', iconColor: 'var(--paper)' } }),
    CloseButton: CloseButton.extend({ defaultProps: { size: 32 } }),
    Input: Input.extend({ defaultProps: { size: 'sm' } }),
    // Without a placeholder, which is no child that a menu may have, the focus goes to the first entry.
    Menu: Menu.extend({
      defaultProps: { shadow: 'md', radius: 'md', position: 'bottom-end', withinPortal: true, withInitialFocusPlaceholder: false },
    }),
    Modal: Modal.extend({ defaultProps: { radius: 'lg', centered: true, overlayProps: { color: '#0c1016', backgroundOpacity: 0.5 } } }),
    NavLink: NavLink.extend({ defaultProps: { variant: 'subtle' } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', radius: 'md' } }),
  },
})

/** Mantine's variables, read from the tokens. Light and dark name the same tokens. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const colors = {
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-body': 'var(--paper)',
    '--mantine-color-dimmed': 'var(--ink-2)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--ink)',
    '--mantine-color-default': 'var(--paper)',
    '--mantine-color-default-hover': 'var(--sunk)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-2)',
    '--mantine-color-disabled': 'var(--sunk)',
    '--mantine-color-disabled-color': 'var(--ink-2)',
    '--mantine-color-disabled-border': 'var(--line-2)',
    '--mantine-primary-color-filled': 'var(--brand-ink)',
    '--mantine-primary-color-filled-hover': 'var(--brand-ink)',
    '--mantine-primary-color-light': 'var(--brand-wash)',
    '--mantine-primary-color-light-color': 'var(--brand-ink)',
    '--mantine-primary-color-contrast': 'var(--paper)',
    '--mantine-color-brand-filled': 'var(--brand-ink)',
    '--mantine-color-brand-light': 'var(--brand-wash)',
    '--mantine-color-brand-light-color': 'var(--brand-ink)',
    '--mantine-shadow-md': 'var(--shadow-2)',
    '--mantine-shadow-xl': 'var(--shadow-3)',
  }
  return { variables: {}, light: colors, dark: colors }
}

const colorPattern = /^#[0-9a-f]{6}$/i

/** Sets the colour of a workspace; every shade follows from it in tokens.css. */
export function applyBrand(color: string | null | undefined): void {
  const { style } = document.documentElement
  if (color && colorPattern.test(color)) style.setProperty('--brand', color)
  else style.removeProperty('--brand')
}
