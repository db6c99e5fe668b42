import {constants, PerformanceObserver} from 'node:perf_hooks';
import {getHeapStatistics} from 'node:v8';

/** A full collection begins at the latest half-way from what the one before it left to the limit: from 0.8 at 0.9. */
const fullShare = 0.8;

/**
 * Whether the heap of this process has room for more that is kept. What the last full collection left tells: garbage counts for
 * nothing. A process that keeps on taking ends for want of memory, and all that it holds with it.
 */
export class HeapRoom implements Disposable {
  readonly #observer: PerformanceObserver;
  #wasFull = false;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      // Node's declarations leave out what it says of a collection.
      const collections = list.getEntries() as readonly {detail?: {kind: number}}[];
      if (collections.some(({detail}) => detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR))
        this.#wasFull = isFull();
    });
    this.#observer.observe({entryTypes: ['gc']});
  }

  get isThere(): boolean {
    return !(this.#wasFull && isFull());
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
  }
}

function isFull(): boolean {
  const {used_heap_size: used, heap_size_limit: limit} = getHeapStatistics();
  return used > fullShare * limit;
}
