// Types of the documents in src, checked against the schema that the server is built from.
import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: [
    '../../graph/!(released).graphql',
    // What only the generator of the server reads.
    'directive @goModel(model: String) on OBJECT | INPUT_OBJECT | SCALAR | ENUM | INTERFACE | UNION',
    'directive @goField(omittable: Boolean, forceResolver: Boolean, name: String) on INPUT_FIELD_DEFINITION | FIELD_DEFINITION',
  ],
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  ignoreNoDocuments: true,
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        skipTypename: true,
        strictScalars: true,
        scalars: { Time: 'string', DateOrTime: 'string', Map: 'Record<string, unknown>', Upload: 'File' },
      },
    },
  },
}

export default config
