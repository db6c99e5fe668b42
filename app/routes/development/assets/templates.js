// The page works without this script. With it, a choice is shown at once.

const form = document.getElementById('filter');

form.addEventListener('change', async () => {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
  const address = query.size === 0 ? '/dev/templates' : `/dev/templates?${query}`;
  history.replaceState(null, '', address);
  const response = await fetch(address).catch(() => undefined);
  if (response === undefined || !response.ok) return form.submit();
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  document.getElementById('previews').replaceChildren(...page.getElementById('previews').childNodes);
});
