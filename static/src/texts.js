/**
 * Every word of the viewer, in each of its languages. Pure, tested by node: all languages have the same texts with the
 * same {places} in them. A new language is one more object here.
 */

/** @typedef {Record<keyof typeof EN, string>} Texts */

export const EN = {
  viewer: 'Panorama',
  panorama: 'panorama',
  hands: 'Drag or use the arrow keys to look around, W A S D to lean, plus and minus to zoom, 0 to face forward.',
  controls: 'View',
  close: 'Close',

  looks: 'Look',
  'look.picture': 'Picture',
  'look.depth': 'Depth',
  'look.wireframe': 'Wireframe',
  'look.flat': 'Flat map',
  'look.outside': 'From outside',
  stereo: '3D without a headset',
  'stereo.off': 'Off',
  'stereo.anaglyph': 'Red/cyan',
  'stereo.side-by-side': 'Side by side',
  strength: 'Depth strength',
  scale: 'Distance, {near} to {far}',
  recentre: 'Face forward',
  tilt: 'Tilt to look',
  screenshot: 'Save a picture',
  fullscreen: 'Full screen',
  'fullscreen.leave': 'Leave full screen',
  help: 'How to move',
  vr: 'Enter VR',
  'vr.leave': 'Leave VR',

  'help.look': 'Look around',
  'help.look.how': 'Drag, or {←} {→} {↑} {↓}',
  'help.lean': 'Lean',
  'help.lean.how': '{W} {A} {S} {D}, two fingers, or {Shift} and drag',
  'help.height': 'Down and up',
  'help.height.how': '{Q} {E}',
  'help.zoom': 'Zoom',
  'help.zoom.how': 'Wheel, pinch, or {+} {−}',
  'help.recentre': 'Face forward',
  'help.recentre.how': 'Double tap, or {0}',
  'help.keys': 'Look, depth, help',
  'help.keys.how': '{L}, {[} {]}, {?}',
  'help.gamepad': 'Gamepad',
  'help.gamepad.how': 'Right stick looks, left stick leans',
  'help.headset': 'In a headset',
  'help.headset.how': 'Trigger or pinch opens the panel; hold it to leave',

  loading: 'Loading',
  'loading.known': '{done} of {total} MB',
  'loading.unknown': '{done} MB',
  ready: 'The scene is here.',
  recentred: 'Facing forward.',
  saved: 'Picture saved.',
  'fullscreen.denied': 'Full screen is not allowed here.',
  'tilt.on': 'Tilt the device to look around.',
  'tilt.off': 'Tilt is off.',
  'tilt.none': 'This device tells nothing about its tilt here.',
  'vr.on': 'The scene is in the headset.',
  'vr.off': 'Back on the page.',
  'context.lost': 'The graphics card took a break; the scene comes back.',
  'context.back': 'The scene is back.',
  openPage: 'Open the full page',

  'fault.webgl': 'This browser cannot draw in three dimensions (WebGL 2 is off), so this is the flat picture.',
  'fault.show': 'The scene cannot be shown.',
  'fault.reach': 'The scene cannot be reached; is the server there?',
  'fault.missing': 'There is no such scene; it may have expired.',
  'fault.answer': 'The server cannot give this scene (it answered {status}).',
  'fault.broke': 'The connection broke while the scene was loading.',
  'fault.large': 'The scene is too large for a browser; this viewer opens up to four million triangles and 64 megapixels.',
  'fault.elsewhere': 'The scene refers to other files, which this viewer does not open.',
  'fault.empty': 'The scene holds no surface.',
  'fault.glb': 'This is not a scene: the file is no GLB.',
  'fault.version': 'The scene is a GLB of another version; this viewer reads version 2.',
  'fault.damaged': 'The scene file is damaged.',
  'fault.truncated': 'The scene file is cut short; loading it again may help.',
  'fault.picture': 'The picture inside the scene is damaged.',
  'vr.insecure': 'VR needs a secure address: open this page over https.',
  'vr.missing': "This browser has no WebXR: open the link in the headset's own browser.",
  'vr.blocked': 'The page around this frame does not allow VR: open the scene on its own page.',
  'vr.unsupported': "No headset answers here: open the link in the headset's own browser.",
  'vr.refused': 'The headset did not start VR; try again.',

  'panel.previous': 'Previous',
  'panel.next': 'Next',
  'panel.recentre': 'Recentre',
  'panel.leave': 'Leave',
  'panel.strength': 'Depth',
  'panel.height': 'Eye height',
  'panel.vignette': 'Dark rim while turning',
  'panel.hint': 'Trigger or pinch on nothing: this panel comes and goes',
};

/** @type {Texts} */
export const DE = {
  viewer: 'Panorama',
  panorama: 'Panorama',
  hands: 'Ziehen oder Pfeiltasten: umsehen; W A S D: vorbeugen; Plus und Minus: Zoom; 0: nach vorn sehen.',
  controls: 'Ansicht',
  close: 'Schließen',

  looks: 'Darstellung',
  'look.picture': 'Bild',
  'look.depth': 'Tiefe',
  'look.wireframe': 'Gitter',
  'look.flat': 'Flache Karte',
  'look.outside': 'Von außen',
  stereo: '3D ohne Headset',
  'stereo.off': 'Aus',
  'stereo.anaglyph': 'Rot/Cyan',
  'stereo.side-by-side': 'Nebeneinander',
  strength: 'Stärke der Tiefe',
  scale: 'Entfernung, {near} bis {far}',
  recentre: 'Nach vorn sehen',
  tilt: 'Mit dem Gerät umsehen',
  screenshot: 'Bild speichern',
  fullscreen: 'Vollbild',
  'fullscreen.leave': 'Vollbild verlassen',
  help: 'Bewegen',
  vr: 'VR starten',
  'vr.leave': 'VR verlassen',

  'help.look': 'Umsehen',
  'help.look.how': 'Ziehen, oder {←} {→} {↑} {↓}',
  'help.lean': 'Vorbeugen',
  'help.lean.how': '{W} {A} {S} {D}, zwei Finger, oder {Umschalt} und ziehen',
  'help.height': 'Tiefer und höher',
  'help.height.how': '{Q} {E}',
  'help.zoom': 'Zoom',
  'help.zoom.how': 'Mausrad, zwei Finger, oder {+} {−}',
  'help.recentre': 'Nach vorn sehen',
  'help.recentre.how': 'Doppelt tippen, oder {0}',
  'help.keys': 'Darstellung, Tiefe, Hilfe',
  'help.keys.how': '{L}, {[} {]}, {?}',
  'help.gamepad': 'Gamepad',
  'help.gamepad.how': 'Rechter Stick: umsehen, linker: vorbeugen',
  'help.headset': 'Im Headset',
  'help.headset.how': 'Abzug oder Fingergriff öffnet die Tafel; halten verlässt VR',

  loading: 'Lädt',
  'loading.known': '{done} von {total} MB',
  'loading.unknown': '{done} MB',
  ready: 'Die Szene ist da.',
  recentred: 'Blick nach vorn.',
  saved: 'Bild gespeichert.',
  'fullscreen.denied': 'Vollbild ist hier nicht erlaubt.',
  'tilt.on': 'Neigen Sie das Gerät, um sich umzusehen.',
  'tilt.off': 'Neigen ist aus.',
  'tilt.none': 'Dieses Gerät sagt hier nichts über seine Neigung.',
  'vr.on': 'Die Szene ist im Headset.',
  'vr.off': 'Zurück auf der Seite.',
  'context.lost': 'Die Grafikkarte macht eine Pause; die Szene kommt wieder.',
  'context.back': 'Die Szene ist wieder da.',
  openPage: 'Ganze Seite öffnen',

  'fault.webgl': 'Dieser Browser kann nicht räumlich zeichnen (WebGL 2 ist aus); deshalb das flache Bild.',
  'fault.show': 'Die Szene lässt sich nicht zeigen.',
  'fault.reach': 'Die Szene ist nicht erreichbar; läuft der Server?',
  'fault.missing': 'Diese Szene gibt es nicht; vielleicht ist sie abgelaufen.',
  'fault.answer': 'Der Server kann diese Szene nicht geben (Antwort {status}).',
  'fault.broke': 'Die Verbindung brach beim Laden der Szene ab.',
  'fault.large': 'Die Szene ist zu groß für einen Browser; hier gehen bis zu vier Millionen Dreiecke und 64 Megapixel.',
  'fault.elsewhere': 'Die Szene verweist auf andere Dateien; die öffnet dieser Betrachter nicht.',
  'fault.empty': 'Die Szene enthält keine Fläche.',
  'fault.glb': 'Das ist keine Szene: Die Datei ist kein GLB.',
  'fault.version': 'Die Szene ist ein GLB einer anderen Version; hier wird Version 2 gelesen.',
  'fault.damaged': 'Die Szenendatei ist beschädigt.',
  'fault.truncated': 'Die Szenendatei ist abgeschnitten; neu laden kann helfen.',
  'fault.picture': 'Das Bild in der Szene ist beschädigt.',
  'vr.insecure': 'VR braucht eine sichere Adresse: Öffnen Sie die Seite über https.',
  'vr.missing': 'Dieser Browser hat kein WebXR: Öffnen Sie den Link im Browser des Headsets.',
  'vr.blocked': 'Die umgebende Seite erlaubt hier kein VR: Öffnen Sie die Szene auf ihrer eigenen Seite.',
  'vr.unsupported': 'Hier antwortet kein Headset: Öffnen Sie den Link im Browser des Headsets.',
  'vr.refused': 'Das Headset hat VR nicht gestartet; versuchen Sie es noch einmal.',

  'panel.previous': 'Vorige',
  'panel.next': 'Nächste',
  'panel.recentre': 'Ausrichten',
  'panel.leave': 'Verlassen',
  'panel.strength': 'Tiefe',
  'panel.height': 'Augenhöhe',
  'panel.vignette': 'Dunkler Rand beim Drehen',
  'panel.hint': 'Abzug oder Fingergriff ins Leere: Tafel auf und zu',
};

/** @type {Record<string, Texts>} */
export const LANGUAGES = { en: EN, de: DE };

/** @param {(string | null | undefined)[]} wishes BCP 47 tags, most wished first @returns {{ lang: string, texts:
 * Texts }} */
export function textsFor(wishes) {
  for (const wish of wishes) {
    const lang = wish?.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(LANGUAGES, lang)) return { lang, texts: LANGUAGES[lang] };
  }
  return { lang: 'en', texts: EN };
}

/** @param {string} text @param {Record<string, string | number>} values for the {places} */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}
