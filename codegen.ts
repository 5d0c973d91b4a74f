import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Types for the documents of this project's own clients and tests, which are written with
 * graphql() from src/generated/gql. Node runs what comes out as it is.
 */
const config: CodegenConfig = {
  schema: 'src/graphql/schema.graphql',
  documents: ['src/cli/**/*.ts', 'test/**/*.ts'],
  ignoreNoDocuments: true,
  emitLegacyCommonJSImports: false,
  importExtension: '.ts',
  generates: {
    'src/generated/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { DateTime: 'string', ID: 'string' },
      },
    },
  },
};

export default config;
