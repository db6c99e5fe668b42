import {constants, PerformanceObserver} from 'node:perf_hooks';
import {getHeapStatistics} from 'node:v8';

/** V8 ends a process that collects again and again with more than 0.8 in use, and lets it do little else before that. */
const fullShare = 0.7;
/** A verification with an idempotency key, and a message that waits for a slow provider: 1.5 KB and less than one, measured. */
const recordBytes = 2_500;
const fullBytes = fullShare * getHeapStatistics().heap_size_limit;

/**
 * The room that the heap of this process has for records. What the last full collection left, and what was taken since then, tell:
 * garbage counts for nothing. A process that keeps on taking ends for want of memory, and all that it holds with it.
 */
export class HeapRoom implements Disposable {
  readonly #observer: PerformanceObserver;
  #leftBytes = getHeapStatistics().used_heap_size;
  #taken = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      // Node's declarations leave out what it says of a collection.
      const collections = list.getEntries() as readonly {detail?: {kind: number}}[];
      if (!collections.some(({detail}) => detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR)) return;
      this.#leftBytes = getHeapStatistics().used_heap_size;
      this.#taken = 0;
    });
    this.#observer.observe({entryTypes: ['gc']});
  }

  /** Takes room for one more record; false if there is none. */
  take(): boolean {
    const bytes = this.#leftBytes + (this.#taken + 1) * recordBytes;
    // Asked for only then: no more can live than is in use.
    if (bytes > fullBytes && getHeapStatistics().used_heap_size > fullBytes) return false;
    this.#taken++;
    return true;
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
  }
}
