import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionNode } from 'graphql';

/** A place in the answer: what is selected there comes from any number of selections. */
interface Place {
  /** How often each name has been selected here. */
  readonly selected: Map<string, number>;
  /** What is below each name. */
  readonly below: Map<string, Place>;
  readonly fragments: Set<string>;
}

/**
 * How many pairs of selections of a document come together in one place of the answer: two of the
 * same name, or two fragments. graphql's validation compares each of these pairs. Stops counting
 * beyond `most`, and after `maxSelections`: a document that was found to have no more than those
 * goes round in circles, which validation tells.
 */
export function countMerges(document: DocumentNode, maxSelections: number, most: number): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const left: { selection: SelectionNode; place: Place }[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      const place = newPlace();
      for (const selection of definition.selectionSet.selections) {
        left.push({ selection, place });
      }
    }
  }
  let merges = 0;
  let visited = 0;
  for (let next = left.pop(); next !== undefined && merges <= most; next = left.pop()) {
    visited++;
    if (visited > maxSelections) {
      break;
    }
    const { selection, place } = next;
    const inner = innerOf(selection, place, fragments);
    merges += inner.merges;
    for (const each of inner.selections) {
      left.push({ selection: each, place: inner.place });
    }
  }
  return merges;
}

/** What is inside a selection, where that belongs, and with how many before it this one has to be merged. */
function innerOf(selection: SelectionNode, place: Place, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  switch (selection.kind) {
    case Kind.INLINE_FRAGMENT:
      return { merges: 0, place, selections: selection.selectionSet.selections };
    case Kind.FRAGMENT_SPREAD: {
      const name = selection.name.value;
      if (place.fragments.has(name)) {
        return { merges: 0, place, selections: [] };
      }
      const merges = place.fragments.size;
      place.fragments.add(name);
      return { merges, place, selections: fragments.get(name)?.selectionSet.selections ?? [] };
    }
    case Kind.FIELD: {
      const name = (selection.alias ?? selection.name).value;
      const merges = place.selected.get(name) ?? 0;
      place.selected.set(name, merges + 1);
      const below = place.below.get(name) ?? newPlace();
      place.below.set(name, below);
      return { merges, place: below, selections: selection.selectionSet?.selections ?? [] };
    }
  }
}

function newPlace(): Place {
  return { selected: new Map(), below: new Map(), fragments: new Set() };
}
