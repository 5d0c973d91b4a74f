import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { TopLevelCode } from '../graphql/index.ts';
import { ID_PARAMS } from './document-id.ts';
import { httpError } from './send-error.ts';

/** Reads what a GET request has in its address: query or an id, operationName, and variables and extensions as JSON. */
export function useAddressParams(): Plugin {
  return {
    onRequestParse({ request, setRequestParser }) {
      if (request.method === 'GET') {
        setRequestParser(({ url }) => paramsIn(new URL(url).searchParams));
      }
    },
  };
}

function paramsIn(params: URLSearchParams): GraphQLParams {
  const query = params.get('query');
  const operationName = params.get('operationName');
  const variables = objectIn(params, 'variables');
  const extensions = objectIn(params, 'extensions');
  const ids = ID_PARAMS.filter((name) => params.has(name)).map((name) => [name, params.get(name)]);
  return {
    ...Object.fromEntries(ids),
    ...(query && { query }),
    ...(operationName && { operationName }),
    ...(variables && { variables }),
    ...(extensions && { extensions }),
  };
}

/** An object that stands in the address as JSON; undefined where there is none. */
function objectIn(params: URLSearchParams, name: string): Record<string, unknown> | undefined {
  const value = parseJson(params.get(name) || 'null', name);
  if (value === null) {
    return undefined;
  }
  if (!isObject(value)) {
    throw badRequest(`${name} must be a JSON object.`);
  }
  return value;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${name} must be a JSON object.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badRequest(message: string) {
  return httpError(400, TopLevelCode.badRequest, message);
}
