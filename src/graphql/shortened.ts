import { GraphQLError } from 'graphql';

/** Errors that are told of one document, or of its variables. */
export const MAX_ERRORS = 20;

/** Characters of one message. */
const MAX_MESSAGE = 1_000;

/** An error without what is too long in its message: graphql quotes what was sent, however much that is. */
export function shortened(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error;
  return message.length <= MAX_MESSAGE
    ? error
    : new GraphQLError(`${message.slice(0, MAX_MESSAGE)}…`, { nodes, source, positions, path, extensions });
}
