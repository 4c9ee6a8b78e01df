// Types the documents of src/*.graphql. A front end elsewhere names https://usher.example.org/schema.graphql as its schema.
import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: ['../../graph/*.graphql', '!../../graph/released.graphql'],
  documents: 'src/**/*.graphql',
  ignoreNoDocuments: false,
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        strictScalars: true, // a scalar without a type below is an error, not any
        scalars: { Time: 'string', DateOrTime: 'string', Map: 'Record<string, unknown>', Upload: 'File' },
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
}

export default config
