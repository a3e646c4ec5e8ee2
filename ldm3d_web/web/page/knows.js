// The way to the page that says what the shipped model can paint.

const texts = props.texts[navigator.language.split('-')[0]] ?? props.texts.en;
element.querySelector('a').textContent = texts.samples;
