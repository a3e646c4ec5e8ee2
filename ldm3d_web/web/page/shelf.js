// Finished scenes to stand in at once: they open in the frame above, or in a new tab as any link does. What this browser
// made it may delete. Titles are text only.

const TOKENS = 'ldm3d-delete-tokens'; // cookies do not live in a Space's frame, storage often does
const PAGE = 12;
const FEW = 4;
const LOOKS = 8; // with longer and longer waits, a minute and a half in all: a slow machine takes that to furnish itself
const texts = props.texts[navigator.language.split('-')[0]] ?? props.texts.en;
const shelf = element.querySelector('.shelf');
const list = element.querySelector('ul');
const more = element.querySelector('.more');
element.querySelector('h2').textContent = texts.shelf;
more.textContent = texts.more;

let shown = '';
let looks = 0;
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

async function read(before) {
  const answer = await fetch(`/api/scenes?limit=${PAGE}${before ? `&before=${before}` : ''}`).catch(() => null);
  if (!answer?.ok) return;
  const { scenes } = await answer.json();
  const cards = scenes.filter(({ id }) => before || !cardOf(id)).map(card);
  if (before) list.append(...cards);
  else list.prepend(...cards);
  if (before || !more.dataset.known) more.hidden = scenes.length < PAGE;
  more.dataset.known = '1';
  // A server that has just started still furnishes itself; somebody else may paint the second scene right now.
  if (!before && list.children.length < FEW && looks < LOOKS) setTimeout(() => read(), 2000 * 1.5 ** looks++);
  shelf.hidden = !list.children.length;
  mark();
}

// Where the list is private, one's own scene is here all the same until the page is left: or nobody could delete it.
async function keepOwn() {
  const id = shown;
  if (!tokens()[id] || cardOf(id)) return;
  const answer = await fetch(`/api/scenes/${id}`).catch(() => null);
  if (!answer?.ok || cardOf(id)) return;
  list.prepend(card({ id, title: (await answer.json()).manifest.title }));
  shelf.hidden = false;
  mark();
}

function card({ id, title }) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const picture = document.createElement('img');
  const words = document.createElement('span');
  item.dataset.id = id;
  link.href = `/s/${id}`;
  picture.src = `/scenes/${id}/thumb.jpg`;
  picture.alt = '';
  picture.loading = 'lazy';
  [picture.width, picture.height] = [480, 240];
  words.dir = 'auto';
  words.textContent = title;
  link.append(picture, words);
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    tell('ldm3d-show', id);
  });
  item.append(link);
  if (tokens()[id]) item.append(bin(id, title));
  return item;
}

// Asks once more before it deletes; looking away takes the question back.
function bin(id, title) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'delete';
  const rest = () => {
    button.textContent = texts.delete;
    button.dataset.sure = '';
    button.setAttribute('aria-label', texts.delete_this.replace('{title}', () => title));
  };
  rest();
  button.addEventListener('blur', rest);
  button.addEventListener('click', async () => {
    if (!button.dataset.sure) {
      button.dataset.sure = '1';
      button.textContent = texts.sure;
      button.removeAttribute('aria-label');
      return;
    }
    const answer = await fetch(`/api/scenes/${id}`, { method: 'DELETE', headers: { 'X-Delete-Token': tokens()[id] } });
    if (!answer.ok && answer.status !== 404) return tell('ldm3d-trouble', (await answer.json()).error);
    remember(id, null);
    cardOf(id)?.remove();
    shelf.hidden = !list.children.length;
    tell('ldm3d-deleted', id);
    tell('ldm3d-trouble', texts.deleted);
  });
  return button;
}

const cardOf = (id) => [...list.children].find((item) => item.dataset.id === id);

function mark() {
  for (const item of list.children) {
    if (item.dataset.id === shown) item.firstElementChild.setAttribute('aria-current', 'true');
    else item.firstElementChild.removeAttribute('aria-current');
  }
}

function tokens() {
  try {
    return JSON.parse(localStorage.getItem(TOKENS)) ?? {};
  } catch {
    return {}; // no storage in this browser: then nothing can be deleted from here
  }
}

function remember(id, token) {
  const kept = tokens();
  if (token) kept[id] = token;
  else delete kept[id];
  try {
    localStorage.setItem(TOKENS, JSON.stringify(kept));
  } catch {
    // as above
  }
}

more.addEventListener('click', () => read(list.lastElementChild?.dataset.id));
document.addEventListener('ldm3d-mine', ({ detail: { id, token } }) => remember(id, token));
document.addEventListener('ldm3d-shown', ({ detail }) => {
  shown = detail;
  mark();
  if (more.dataset.known && shown && !cardOf(shown)) read().then(keepOwn);
});
tell('ldm3d-shelf');
read();
