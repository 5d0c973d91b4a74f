import type { CodegenConfig } from '@graphql-codegen/cli';

const config = {
  useTypeImports: true,
  enumsAsTypes: true,
  scalars: { DateTime: 'string', ID: 'string' },
};

/**
 * Types for the documents of this project's own clients and tests, an output for each, so that none
 * carries those of the others. The terminal client and the tests write theirs with graphql(); those of
 * the dashboard stand in .graphql files and are imported one by one, so that a page loads only what it
 * uses. Node runs what comes out as it is.
 */
const codegen: CodegenConfig = {
  schema: 'src/graphql/schema.graphql',
  ignoreNoDocuments: true,
  emitLegacyCommonJSImports: false,
  importExtension: '.ts',
  generates: {
    'src/generated/gql/': {
      documents: ['test/**/*.ts'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config,
    },
    'src/generated/cli-gql/': {
      documents: ['src/cli/**/*.ts'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config,
    },
    'src/generated/dashboard-gql/': {
      documents: ['src/dashboard/**/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      // As Apollo Client asks for it everywhere.
      config: { ...config, nonOptionalTypename: true, skipTypeNameForRoot: true },
    },
  },
};

export default codegen;
