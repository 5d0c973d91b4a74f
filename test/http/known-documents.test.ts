import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { KnownDocuments } from '../../src/http/known-documents.ts';

const documentOf = (characters: number, name = 'a') => parse(`{ ${name} ${' '.repeat(characters - name.length - 5)} }`);
const textOf = (document: ReturnType<typeof parse>) => String(document.loc?.source.body);

test('a document that was kept is found by its text, and by no other', () => {
  const known = new KnownDocuments();
  const document = parse('{ a }');
  expect({ found: known.find('{ a }'), isRight: known.isRight(document) }).toEqual({
    found: undefined,
    isRight: false,
  });
  known.keep(document);
  expect(known.find('{ a }')).toBe(document);
  expect(known.isRight(document)).toBe(true);
  expect(known.find('{ a  }')).toBeUndefined();
  expect(known.isRight(parse('{ a }'))).toBe(false);
});

test('neither large documents nor ever more of them are kept', () => {
  const known = new KnownDocuments();
  const large = documentOf(10_001);
  known.keep(large);
  expect(known.find(textOf(large))).toBeUndefined();
  const documents = Array.from({ length: 50 }, (_, index) => documentOf(10_000, `field${index}`));
  for (const document of documents) {
    known.keep(document);
  }
  const kept = documents.filter((document) => known.find(textOf(document)) === document);
  expect(kept).toEqual(documents.slice(-40));
});
