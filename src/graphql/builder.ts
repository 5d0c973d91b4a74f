import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { hasRole, type Role } from '../auth/principal.ts';
import type PrismaTypes from '../generated/pothos.ts';
import { getDatamodel } from '../generated/pothos.ts';
import type { Context } from './context.ts';
import { CONNECTION_PART, FieldCost, PAID_WITH_PAGE } from './field-costs.ts';
import { forbidden } from './forbidden.ts';
import { decodeGlobalId, encodeGlobalId } from './global-ids.ts';
import { findNode } from './nodes.ts';

/** What the schema is made with. Fields are non-null unless they say otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  /** The role that a field takes. Fields of the roots take that of their root, unless they say more. */
  AuthScopes: { role: Role };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: true };
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    ID: { Input: string; Output: string };
  };
}>({
  plugins: [ScopeAuthPlugin, ErrorsPlugin, RelayPlugin, PrismaPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ principal }) => ({ role: (needed) => hasRole(principal, needed) }),
    // Once, when a subscription begins, and not for each event.
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, context, _info, { failure }) => forbidden(failure, context),
  },
  errors: {
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  // cost.ts adds up what fields cost, once for each operation; the plugin would do so at each field of the root.
  complexity: { disabled: true },
  prisma: {
    client: (context) => context.database.prisma,
    dmmf: getDatamodel(),
  },
  relay: {
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    nodesOnConnection: {
      description: 'The rows of this page, in the order of the list: the nodes of all edges.',
      complexity: CONNECTION_PART,
    },
    edgesFieldOptions: {
      nullable: { list: false, items: true },
      description: 'The rows of this page, each with its cursor.',
      complexity: CONNECTION_PART,
    },
    nodeFieldOptions: { description: 'The row itself.' },
    cursorFieldOptions: {
      description: 'The place of this row in the list. Pass it as after or before.',
    },
    idFieldOptions: { description: 'Global id: the name of the type in lower case, and a UUID.' },
    nodeTypeOptions: {
      description:
        'Anything that can be fetched again by its global id. Ids are readable: batch_<uuid>, project_<uuid>.',
    },
    nodeQueryOptions: {
      description: 'Whatever has this global id; null where nothing has.',
      args: { id: { description: 'A global id: batch_<uuid> or project_<uuid>.' } },
      complexity: FieldCost.statement,
      resolve: (_root, { id }, context) => findNode(id, context),
    },
    nodesQueryOptions: {
      description: 'Whatever has these global ids, in their order; null in the place of an unknown one.',
      args: { ids: { description: 'Global ids: batch_<uuid> or project_<uuid>.' } },
      complexity: ({ ids }) => ({ field: FieldCost.statement, multiplier: ids.length }),
      resolve: (_root, { ids }, context) => ids.map((id) => findNode(id, context)),
    },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
    pageInfoFieldOptions: { description: 'Where this page stands in the list.', complexity: PAID_WITH_PAGE },
    hasNextPageFieldOptions: { description: 'Whether the list goes on after this page.', complexity: PAID_WITH_PAGE },
    hasPreviousPageFieldOptions: {
      description: 'Whether the list has rows before this page.',
      complexity: PAID_WITH_PAGE,
    },
    startCursorFieldOptions: {
      description: 'Cursor of the first row; null on an empty page.',
      complexity: PAID_WITH_PAGE,
    },
    endCursorFieldOptions: {
      description: 'Cursor of the last row; null on an empty page.',
      complexity: PAID_WITH_PAGE,
    },
    beforeArgOptions: { description: 'Only rows before this cursor.' },
    afterArgOptions: { description: 'Only rows after this cursor.' },
    firstArgOptions: {
      description: 'The first so many rows, at most limits.maxPageSize. 20 where neither first nor last is given.',
    },
    lastArgOptions: { description: 'The last so many rows, at most limits.maxPageSize.' },
  },
});

builder.queryType({ description: 'What can be read. It takes the role VIEWER.', authScopes: { role: 'viewer' } });
builder.mutationType({
  description:
    'What can be done. It takes the role OPERATOR. A mistake that the caller can act on is returned as data.',
  authScopes: { role: 'operator' },
});
builder.subscriptionType({
  description: 'What can be watched, over WebSocket or SSE. It takes the role VIEWER.',
  authScopes: { role: 'viewer' },
});
