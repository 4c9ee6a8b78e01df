// The rules of graphql-eslint that the schema keeps: all that it recommends, those of Relay, and four more. A rule that is off,
// or that asks for less than it could, says why.
import { fileURLToPath } from 'node:url'
import graphql from '@graphql-eslint/eslint-plugin'

const root = fileURLToPath(new URL('../../', import.meta.url))
const schema = [`${root}graph/*.graphql`, `!${root}graph/released.graphql`]
const recommended = graphql.configs['flat/schema-recommended'].rules
const relay = graphql.configs['flat/schema-relay'].rules
const rule = name => `@graphql-eslint/${name}`

export default [
  { ignores: ['graph/released.graphql'] },
  {
    files: ['graph/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    rules: {
      ...recommended,
      ...relay,
      [rule('input-name')]: ['error', { checkInputType: true, caseSensitiveInputType: false }],
      [rule('no-scalar-result-type-on-mutation')]: 'error',
      [rule('require-nullable-fields-with-oneof')]: 'error',
      [rule('require-nullable-result-in-root')]: 'error',
      // A Go test asks for the description of everything else that is served. Directives are not: only the generator reads them.
      [rule('require-description')]: ['error', { types: true, rootField: true }],
      // A closed list, such as the choices of a question, has no pages. A Go test finds lists that grow without pages.
      [rule('relay-edge-types')]: ['error', {
        withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false,
      }],
      // Off: a payload, a count or a choice is a value. What has an identity implements Node, which asks for the id.
      [rule('strict-id-in-types')]: 'off',
      // Off: types are described in blocks, and what is inside of them in lines.
      [rule('description-style')]: 'off',
    },
  },
  // Off: a username is what it is called everywhere, not the name of a user.
  { files: ['graph/ent.graphql'], rules: { [rule('no-typename-prefix')]: 'off' } },
  // Off: a row of an import is known by its number and has no id.
  { files: ['graph/import.graphql'], rules: { [rule('relay-edge-types')]: 'off' } },
  // Off: a person of an organization is known by the id of the account.
  { files: ['graph/lifecycle.graphql'], rules: { [rule('relay-edge-types')]: 'off' } },
  // Off: each of these queries is the only one of its document, so its failure erases no other answer.
  { files: ['graph/join.graphql', 'graph/plan.graphql', 'graph/privacy.graphql'],
    rules: { [rule('require-nullable-result-in-root')]: 'off' } },
]
