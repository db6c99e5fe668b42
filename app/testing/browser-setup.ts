import {chromiumPath} from './browser.ts';

/** Says before any test runs what is missing. */
export function setup(): void {
  chromiumPath();
}
