/** Giving a link away: the device's own share sheet, else the clipboard, else whatever still copies. */

/**
 * @param {string} link @param {string} title
 * @returns {Promise<'shared' | 'not_shared' | 'copied' | ''>} what came of it, by its name among the page's texts; empty
 * where nothing worked and the link has to be shown
 */
export async function share(link, title) {
  if (navigator.share && navigator.canShare?.({ url: link })) {
    try {
      await navigator.share({ url: link, title });
      return 'shared';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return 'not_shared';
    }
  }
  return copy(link);
}

/** @param {string} text @returns {Promise<'copied' | ''>} as `share` */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text); // needs https, permission and focus
    return 'copied';
  } catch {
    return copyBySelection(text) ? 'copied' : '';
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
