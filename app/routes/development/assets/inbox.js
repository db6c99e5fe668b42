// The page works without this script. With it, messages appear as they come, the filter works while one types, and codes
// are copied with a button.

const form = document.getElementById('filter');
const live = document.getElementById('live');
let latest = 0;

/** What a message is called when it is announced. */
function nameOf(item) {
  return item.querySelector('h2').textContent.replace(/\s+/g, ' ').trim();
}

function enrich(root) {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    time.title = at.toLocaleString();
    time.textContent = at.toLocaleTimeString();
  }
  for (const code of root.querySelectorAll('.code')) {
    const value = code.querySelector('code').textContent;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy code ${value}`);
    button.addEventListener('click', () => copy(button, value));
    code.append(button);
  }
  for (const example of root.querySelectorAll('.example'))
    example.textContent = example.textContent.replace('http://127.0.0.1:8080', location.origin);
}

async function copy(button, value) {
  const copied = await write(value);
  button.textContent = copied ? 'Copied' : 'Not copied';
  live.textContent = copied ? `Code ${value} copied` : 'The browser does not let this page copy';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2000);
}

async function write(value) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return false;
  }
}

/** Puts in what is new and takes out what is gone; what stays is not touched, so that focus, frames and selections stay. */
function merge(now, next) {
  const known = new Map([...now.children].map((item) => [item.id, item]));
  const added = [];
  let place = now.firstElementChild;
  for (const item of [...next.children]) {
    const same = known.get(item.id);
    known.delete(item.id);
    if (same === undefined) {
      enrich(item);
      item.classList.add('new');
      now.insertBefore(item, place);
      added.push(item);
    } else if (same === place) {
      place = place.nextElementSibling;
    } else {
      now.insertBefore(same, place);
    }
  }
  for (const item of known.values()) item.remove();
  return added;
}

/** Asks for the page anew. `announce` says what is new in it. */
async function refresh({announce}) {
  const mine = ++latest;
  const response = await fetch(location.href, {headers: {accept: 'text/html'}}).catch(() => undefined);
  if (mine !== latest || response === undefined || !response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (mine !== latest) return;
  const now = document.getElementById('messages');
  const next = page.getElementById('messages');
  const [list, nextList] = [now.querySelector('ol'), next.querySelector('ol')];
  const count = next.querySelector('.count').textContent;
  let added = [];
  if (list === null || nextList === null) {
    enrich(next);
    added = [...(nextList?.children ?? [])];
    now.replaceChildren(...next.childNodes);
  } else {
    added = merge(list, nextList);
    now.querySelector('.count').textContent = count;
    now.querySelector('.pages')?.remove();
    const pages = next.querySelector('.pages');
    if (pages !== null) now.append(pages);
  }
  if (!announce) live.textContent = count;
  else if (added.length === 1) live.textContent = `New: ${nameOf(added[0])}`;
  else if (added.length > 1) live.textContent = `${added.length} new messages`;
}

enrich(document);

let typing;
form.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
    history.replaceState(null, '', query.size === 0 ? '/dev/inbox' : `/dev/inbox?${query}`);
    refresh({announce: false});
  }, 200);
});

const events = new EventSource('/dev/inbox/events');
let cutOff = false;
events.addEventListener('change', () => refresh({announce: true}));
events.addEventListener('open', () => {
  document.documentElement.dataset.live = 'on';
  if (cutOff) refresh({announce: false});
  cutOff = false;
});
events.addEventListener('error', () => {
  cutOff = true;
  document.documentElement.dataset.live = 'off';
  live.textContent = 'The service does not answer; trying again';
});
addEventListener('pagehide', () => events.close());
