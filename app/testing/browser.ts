import {existsSync} from 'node:fs';
import {type Browser, chromium} from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where the system's Chromium is; `CHROMIUM` names another one. */
export function chromiumPath(): string {
  const {CHROMIUM: named} = process.env;
  const found = (named === undefined ? places : [named]).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(
      named === undefined
        ? `there is no Chromium at ${places.join(', ')}. Install it: the package is chromium on Debian; or set CHROMIUM to its path.`
        : `CHROMIUM: there is no file "${named}"`,
    );
  return found;
}

export function startBrowser(): Promise<Browser> {
  // Without its sandbox it runs in a container, as root; it opens pages of this machine only.
  return chromium.launch({executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-dev-shm-usage']});
}
