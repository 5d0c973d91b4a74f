import { type GraphQLSchema, getNamedType, isUnionType } from 'graphql';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import type { Context } from './context.ts';

/** The same schema; it tells the context of each mistake that is returned as data. */
export function tellMistakes(schema: GraphQLSchema): GraphQLSchema {
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}),
  );
  for (const field of fields) {
    const { resolve } = field;
    if (resolve === undefined || !isUnionType(getNamedType(field.type))) {
      continue;
    }
    field.resolve = async (source, args, context: Context, info) => {
      const result: unknown = await resolve(source, args, context, info);
      const code = codeOf(result);
      if (code !== undefined) {
        context.onMistake?.(code);
      }
      return result;
    };
  }
  return schema;
}

/** By its code: Pothos hands errors on in a wrapper that is an instance of nothing. */
function codeOf(result: unknown): ErrorCode | undefined {
  const code: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'code') : undefined;
  return ERROR_CODES.find((each) => each === code);
}
