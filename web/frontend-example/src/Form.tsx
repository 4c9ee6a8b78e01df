// A form of named fields. What the server refuses is said at the field that it names, or above the form.
import { CombinedGraphQLErrors } from '@apollo/client'
import { useState, type FormEvent } from 'react'
import type { AccountStep, QuestionFragment } from './gql/graphql'

export interface Field { name: string, label: string, type?: 'password' | 'text', value?: string | null, choices?: string[] }
export type Values = Record<string, string>
interface Violation { field: string, message: string }

interface FormProps { fields: Field[], action: string, submit: (values: Values) => Promise<void> }

export function Form({ fields, action, submit }: FormProps) {
  const [violations, setViolations] = useState<Violation[]>([])
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Values
    try {
      await submit(values)
    } catch (error) {
      setViolations(violationsOf(error))
    }
  }
  const known = new Set(fields.map(({ name }) => name))
  const fault = (name: string) => violations.find(({ field }) => field === name)
  return (
    <form onSubmit={send}>
      {violations.filter(({ field }) => !known.has(field)).map(each => <p role="alert" key={each.message}>{each.message}</p>)}
      {fields.map(field => (
        <p key={field.name}>
          <label htmlFor={field.name}>{field.label}</label>
          <Input field={field} invalid={fault(field.name) !== undefined} />
          {fault(field.name) && <strong role="alert">{fault(field.name)?.message}</strong>}
        </p>
      ))}
      <button>{action}</button>
    </form>
  )
}

function Input({ field: { name, type, value, choices }, invalid }: { field: Field, invalid: boolean }) {
  const same = { id: name, name, defaultValue: value ?? '', 'aria-invalid': invalid }
  if (!choices?.length) return <input type={type ?? 'text'} {...same} />
  return <select {...same}>{['', ...choices].map(choice => <option key={choice}>{choice}</option>)}</select>
}

// violationsOf reads every fault of the input, which Usher reports at once, else the error itself.
function violationsOf(error: unknown): Violation[] {
  if (!CombinedGraphQLErrors.is(error)) return [{ field: '', message: 'Usher cannot be reached. Try again.' }]
  return error.errors.flatMap(({ message, extensions }) =>
    extensions?.violations as Violation[] | undefined ?? [{ field: String(extensions?.field ?? ''), message }])
}

interface Asked {
  accountStep: AccountStep | null
  firstName: string | null
  lastName: string | null
  questions: QuestionFragment[]
}

// accountFields are what a person who follows a link is asked for. A copied link does not tell whether the address has an
// account; it then asks as for a new one.
export function accountFields({ accountStep, firstName, lastName, questions }: Asked): Field[] {
  const asked = questions.map(({ key, name, choices }) => ({ name: `customFields.${key}`, label: name, choices }))
  switch (accountStep) {
    case 'CONTINUE': return asked
    case 'SIGN_IN': return [{ name: 'password', label: 'Your password', type: 'password' }, ...asked]
    case 'NEW_PASSWORD': return [{ name: 'newPassword', label: 'A new password', type: 'password' }, ...asked]
    default: return [
      { name: 'firstName', label: 'First name', value: firstName },
      { name: 'lastName', label: 'Last name', value: lastName },
      { name: 'password', label: 'Choose a password', type: 'password' },
      ...asked,
    ]
  }
}

// accountInput turns the values of accountFields into the input of a mutation.
export function accountInput(values: Values): Values & { customFields: Values } {
  const customFields: Values = {}
  const own: Values = {}
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith('customFields.')) customFields[name.slice('customFields.'.length)] = value
    else own[name] = value
  }
  return Object.assign(own, { customFields })
}

// enter goes on to the first screen, signed in where the link has signed in.
export function enter(): void {
  location.assign('/')
}
