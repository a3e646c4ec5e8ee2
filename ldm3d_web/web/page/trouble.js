// One sentence under the prompt: what went wrong, or what one should know. Empty, it takes no room.

const texts = props.texts[navigator.language.split('-')[0]] ?? props.texts.en;
const close = element.querySelector('button');
close.setAttribute('aria-label', texts.close);
close.hidden = true;

function tell(sentence) {
  element.querySelector('span').textContent = sentence;
  close.hidden = !sentence;
}

close.addEventListener('click', () => tell(''));
document.addEventListener('ldm3d-trouble', ({ detail }) => tell(detail));
