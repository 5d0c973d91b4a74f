import { createHash } from 'node:crypto';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { concatAST, type DocumentNode, type GraphQLSchema, print, separateOperations, visit } from 'graphql';

const config = {
  useTypeImports: true,
  enumsAsTypes: true,
  scalars: { DateTime: 'string', ID: 'string' },
};

/**
 * Writes what a client sends, each operation with its fragments, by the SHA-256 of its text: a
 * service that runs trusted documents only has to know those of its own clients. Not the preset's
 * persistedDocuments, which would write hashes into what the dashboard loads.
 */
const manifest = {
  plugin: (schema: GraphQLSchema, documents: readonly { document?: DocumentNode | undefined }[]) => {
    const all = concatAST(documents.flatMap(({ document }) => (document === undefined ? [] : [document])));
    const texts = Object.values(separateOperations(all)).map((document) =>
      print(withoutOwnDirectives(schema, document)),
    );
    const byId = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]);
    return `${JSON.stringify(Object.fromEntries(byId), null, 2)}\n`;
  },
};

/** Clients keep directives to themselves that the service does not know. */
function withoutOwnDirectives(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  return visit(document, { Directive: ({ name }) => (schema.getDirective(name.value) == null ? null : undefined) });
}

function manifestOf(documents: string): CodegenConfig['generates'][string] {
  return {
    documents,
    preset: {
      buildGeneratesSection: ({ baseOutputDir: filename, schema, documents: found }) => [
        { filename, schema, documents: found, config: {}, plugins: [{ manifest: {} }], pluginMap: { manifest } },
      ],
    },
  };
}

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
    'src/generated/documents/cli.json': manifestOf('src/cli/**/*.ts'),
    'src/generated/documents/dashboard.json': manifestOf('src/dashboard/**/*.graphql'),
  },
};

export default codegen;
