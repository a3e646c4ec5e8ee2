// What the chosen model is, and how to speak to it.

const tell = () => {
  element.querySelector('p').textContent = props.value;
};
watch('value', tell);
tell();
