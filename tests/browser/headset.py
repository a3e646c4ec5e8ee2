"""A headset for the tests (Meta's emulator, Quest 3): into VR, what each eye sees, hands that point and press."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np

from tests.browser import room

ROOT = Path(__file__).resolve().parents[2]
IPD = 0.063
SIDE = 200  # pixels of an eye's picture; 90° wide and high

# The emulator's head starts 1.6 m above its floor. One script: the order of several init scripts is undefined.
EMULATOR = """
window.headset = new IWER.XRDevice(
    { ...IWER.metaQuest3, RATES }, { stereoEnabled: true, ipd: 0.063, fovy: Math.PI / 2 });
headset.installRuntime({ forceInstall: true });
"""
# Reads both eyes in the frame in which they are drawn, after the viewer's own callback: later the buffer is gone.
EYES = """
new Promise((done) => {
    const session = headset.activeSession;
    session.requestAnimationFrame(() => session.requestAnimationFrame(() => {
        const gl = session.renderState.baseLayer.context, { width, height } = gl.canvas, side = width / 2;
        done([0, side].map((x) => {
            const pixels = new Uint8Array(4 * side * height);
            gl.readPixels(x, 0, side, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
            return btoa(String.fromCharCode.apply(null, pixels.filter((_, i) => i % 4 !== 3)));
        }));
    }));
})
"""
# Points the right hand at the middle of a button, and presses or pinches, over frames that are really drawn.
AIM = """
window.frames = (count) => new Promise((done) => {
    const session = headset.activeSession;
    if (!session) return done();
    session.addEventListener('end', done, { once: true }); // its frames come no more
    const next = () => (count-- > 0 ? session.requestAnimationFrame(next) : done());
    next();
});
// The panel stands 0.95 m before the head (at 0, 1.6, 0), 0.42 m below, upright to the eye; 1024 pixels are 0.72 m.
window.aim = (hand, px, py) => {
    const from = { x: 0.1, y: 1.5, z: -0.1 };
    const right = (px / 1024 - 0.5) * 0.72, up = (0.5 - py / 544) * (0.72 * 544 / 1024), tilt = Math.atan2(0.42, 0.95);
    const to = { x: right, y: 1.6 - 0.42 + up * Math.cos(tilt), z: -0.95 - up * Math.sin(tilt) };
    const d = [to.x - from.x, to.y - from.y, to.z - from.z], length = Math.hypot(...d);
    const yaw = Math.atan2(-d[0], -d[2]), pitch = Math.asin(d[1] / length);
    const [sy, cy, sp, cp] = [Math.sin(yaw / 2), Math.cos(yaw / 2), Math.sin(pitch / 2), Math.cos(pitch / 2)];
    hand.position.set(from.x, from.y, from.z);
    hand.quaternion.set(cy * sp, sy * cp, -sy * sp, cy * cp);
};
window.press = async (px, py) => {
    const { right } = headset.controllers;
    aim(right, px, py);
    await frames(2);
    right.updateButtonValue('trigger', 1);
    await frames(2);
    right.updateButtonValue('trigger', 0);
    await frames(2);
};
"""
MIDDLES = {
    "previous": (144, 88),
    "next": (388, 88),
    "recentre": (632, 88),
    "leave": (876, 88),
    "depth-": (388, 216),
    "depth+": (876, 216),
    "height+": (876, 344),
    "vignette": (512, 458),
}


def headset_script(hertz: float | None = None) -> str:
    """For a page's own scripts: the emulator, in place of the browser's WebXR.

    hertz: the rate that its sessions begin with and can go back to, beside 90; without it, a Quest 3's own.
    """
    rates = f"supportedFrameRates: [{hertz}, 90], internalNominalFrameRate: {hertz}" if hertz else ""
    emulator = EMULATOR.replace("RATES", rates)
    return (ROOT / "node_modules/iwer/build/iwer.min.js").read_text() + ";" + emulator + AIM


def enter(page, *, panel: bool = False, **pose: float) -> None:
    """Into VR. panel: stay while the panel shows itself; else wait until it has gone and the view is free."""
    page.page.evaluate("(pose) => { document.getElementById('viewer').pose = pose }", pose)
    page.get(
        "(window.panel = null, viewer.addEventListener('xr-panel', ({ detail }) => { window.panel = detail.open }), 0)"
    )
    page.get("await viewer.enterVR()")
    page.until("viewer.presenting")
    page.until(f"window.panel === {'true' if panel else 'false'}")


def eyes(page) -> list[np.ndarray]:
    """Left and right, (SIDE, SIDE, 3) uint8."""
    flat = [np.frombuffer(base64.b64decode(text), np.uint8) for text in page.get(EYES)]
    return [each.reshape(SIDE, SIDE, 3)[::-1] for each in flat]  # WebGL's rows go up


def truth(side: int, head: tuple[float, float, float] = (0, 0, 0), yaw: float = 0) -> np.ndarray:
    """What an eye sees there. side: -1 left, 1 right; head in metres from the capture point."""
    place = np.array(head) + room.turned(np.array([side * IPD / 2, 0, 0]), yaw, 0)
    return room.photo(SIDE, SIDE, 90, tuple(place), yaw)


def press(page, button: str) -> None:
    x, y = MIDDLES[button]
    page.get(f"await press({x}, {y})")
