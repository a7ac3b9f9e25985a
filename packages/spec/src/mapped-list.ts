/**
 * What is made of a list item by item, again and again after small changes: what was made of an item is taken over. Where
 * the list got longer or shorter in one place, the items behind that are still known.
 */
export class MappedList<Item, Result> {
  #items: readonly Item[] = [];
  #results: readonly Result[] = [];

  map(items: readonly Item[], make: (item: Item) => Result): readonly Result[] {
    const known = this.#items.length;
    const shift = items.length - known;
    const results: Result[] = [];
    for (let place = 0; place < items.length; place += 1) {
      // There is one at each place.
      const item = items[place] as Item;
      const before = this.#items[place] === item ? place : place - shift;
      const isKnown = before >= 0 && before < known && this.#items[before] === item;
      // Each item has its result.
      results.push(isKnown ? (this.#results[before] as Result) : make(item));
    }
    this.#items = items;
    this.#results = results;
    return results;
  }
}
