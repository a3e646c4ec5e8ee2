// In every page before its own scripts: counts what WebGL is given and notes when the first picture and the whole are there.
window.bench = { draws: 0, triangles: 0, frames: 0, gpu: 0, first: 0, full: 0 };
{
  const { bench } = window;
  const proto = WebGL2RenderingContext.prototype;
  const around = (name, note) => {
    const own = proto[name];
    proto[name] = function (...given) {
      note.apply(this, given);
      return own.apply(this, given);
    };
  };
  let asked = false;
  const drawn = (mode, count) => {
    if (!asked) {
      [asked, bench.draws, bench.triangles] = [true, 0, 0];
      bench.frames += 1;
      requestAnimationFrame(() => (asked = false));
    }
    bench.draws += 1;
    if (mode === 4) bench.triangles += count / 3;
  };
  around('drawElements', (mode, count) => drawn(mode, count));
  around('drawArrays', (mode, start, count) => drawn(mode, count));
  around('drawElementsInstanced', (mode, count, type, offset, times) => drawn(mode, count * times));
  around('bufferData', (target, data) => (bench.gpu += data?.byteLength ?? (typeof data === 'number' ? data : 0)));
  around('texStorage2D', (target, levels, format, width, height) => (bench.gpu += width * height * 4 * (levels > 1 ? 4 / 3 : 1)));
  around('texImage2D', (target, level, inner, ...rest) => {
    const [width, height] = rest.length > 4 ? rest : [rest[2]?.width ?? 0, rest[2]?.height ?? 0];
    if (level === 0) bench.gpu += width * height * 4;
  });
  const tick = () => {
    const look = document.querySelector('img.first');
    if (!bench.first && (look?.complete || (window.here ?? (() => false))())) bench.first = performance.now();
    if (!bench.full && (window.here ?? (() => document.querySelector('ldm3d-viewer')?.dataset.state === 'ready'))()) bench.full = performance.now();
    if (!bench.full) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  // Our first picture stands in the page itself and needs its style sheet, no more; a rival's needs all that came before it.
  bench.firstBytes = () => (document.querySelector('img.first') ? bench.bytes(bench.first, /^(navigation|link)$/, /css|\/s\//) : bench.bytes(bench.first));
  bench.bytes = (until, kind = /./, address = /./) =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ initiatorType, name }) => kind.test(initiatorType) && address.test(name))
      .filter(({ responseEnd }) => responseEnd > 0 && responseEnd <= until)
      .reduce((sum, { transferSize }) => sum + transferSize, 0);
  bench.spin = async (turn, milliseconds) => {
    const [start, frames] = [performance.now(), bench.frames];
    while (performance.now() - start < milliseconds) {
      turn((performance.now() - start) / 1000);
      await new Promise((go) => requestAnimationFrame(go));
    }
    return (performance.now() - start) / (bench.frames - frames || 1);
  };
}
