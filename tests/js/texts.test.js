import assert from 'node:assert/strict';
import test from 'node:test';
import { EN, fill, LANGUAGES, textsFor } from '../../static/src/texts.js';

const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('every language has every text, with the same places in it', () => {
  for (const [lang, texts] of Object.entries(LANGUAGES)) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(EN).sort(), lang);
    for (const [key, text] of Object.entries(texts)) {
      assert.ok(text.trim().length > 0, `${lang} ${key}`);
      if (!key.startsWith('help.')) assert.deepEqual(places(text), places(EN[key]), `${lang} ${key}`); // those are keys
    }
  }
});

test('the first language that is known is taken, English at last', () => {
  assert.equal(textsFor(['de-AT', 'en']).lang, 'de');
  assert.equal(textsFor([null, undefined, 'fr', 'de']).lang, 'de');
  assert.equal(textsFor(['tlh', 'toString']).lang, 'en');
  assert.equal(textsFor([]).texts, EN);
});

test('places are filled, unknown ones stay', () => {
  assert.equal(fill('{a} of {b}', { a: 1 }), '1 of {b}');
});
