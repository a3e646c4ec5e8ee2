// One sentence under the prompt: what went wrong, or what one should know. Empty, it takes no room.

const language = navigator.language.split('-')[0];
const texts = props.texts[language] ?? props.texts.en;
const close = element.querySelector('button');
const place = element.querySelector('span');
close.setAttribute('aria-label', texts.close);
close.hidden = true;

function tell(sentence) {
  place.textContent = translated(sentence);
  close.hidden = !sentence;
}

// The server says what went wrong in English; what visitors meet is known in each language.
function translated(sentence) {
  const words = props.errors[language] ?? props.errors.en;
  for (const [name, english] of Object.entries(props.errors.en)) {
    const pattern = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>.+)');
    const found = new RegExp(`^${pattern}$`, 's').exec(sentence);
    if (found) return words[name].replace(/\{(\w+)\}/g, (whole, key) => found.groups?.[key] ?? whole);
  }
  return sentence;
}

close.addEventListener('click', () => tell(''));
document.addEventListener('ldm3d-trouble', ({ detail }) => tell(detail));
