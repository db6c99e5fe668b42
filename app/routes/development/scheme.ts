/** A mail as a program with that scheme shows it; `''` leaves it to the browser. */
export function inScheme(page: string, scheme: '' | 'light' | 'dark'): string {
  if (scheme === '') return page;
  const holds = '(min-width:0)';
  const fails = '(max-width:0)';
  return page
    .replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/g, (_all, asked) => (asked === scheme ? holds : fails))
    .replace(/(color-schemes?:)\s*light dark/g, `$1${scheme}`)
    .replaceAll('content="light dark"', `content="${scheme}"`);
}
