// The newest scenes: thumbnails that open in the frame above, or in a new tab as any link does. Titles are text only.

const strip = element.querySelector('.strip');
const deleted = new Set();

function update() {
  const entries = (props.value ?? []).filter(({ id }) => /^[A-Za-z0-9_-]{16}$/.test(id) && !deleted.has(id));
  element.querySelector('.recent').hidden = entries.length === 0;
  strip.replaceChildren(...entries.map(card));
}

function card({ id, title }) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const picture = document.createElement('img');
  const words = document.createElement('span');
  link.href = `/s/${id}`;
  picture.src = `/scenes/${id}/thumb.jpg`;
  picture.alt = '';
  picture.loading = 'lazy';
  words.dir = 'auto';
  words.textContent = title;
  link.append(picture, words);
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent('ldm3d-show', { detail: id }));
  });
  item.append(link);
  return item;
}

document.addEventListener('ldm3d-deleted', ({ detail }) => {
  deleted.add(detail);
  update();
});
watch('value', update);
update();
