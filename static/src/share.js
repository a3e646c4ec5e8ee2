/** Giving a link away: the device's own share sheet, else the clipboard, else whatever still copies. */

/**
 * @param {string} link @param {string} title
 * @returns {Promise<string>} what to say about it; empty where nothing worked and the link has to be shown
 */
export async function share(link, title) {
  if (navigator.share && navigator.canShare?.({ url: link })) {
    try {
      await navigator.share({ url: link, title });
      return 'Shared.';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return 'Not shared.';
    }
  }
  return copy(link);
}

/** @param {string} link @returns {Promise<string>} as `share` */
export async function copy(link) {
  try {
    await navigator.clipboard.writeText(link); // needs https, permission and focus
    return 'Link copied.';
  } catch {
    return copyBySelection(link) ? 'Link copied.' : '';
  }
}

/** The way from before the clipboard API: plain http and frames still have it. @param {string} text */
function copyBySelection(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'off-screen';
  document.body.append(area);
  const focused = document.activeElement;
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
