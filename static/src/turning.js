/** Turning and placing a visitor in a headset: by moving what the headset's space stands on. */

import { MathUtils, Vector3 } from 'three';

/** @typedef {import('three').Group} Group */

const SNAP_DEG = 30;
const SNAP_AT = 0.7; // of the thumbstick's way
const SNAP_AGAIN_BELOW = 0.3;

/**
 * Turn the visitor to the right, about a place: about the head, or a turn would be a step as well.
 * (An offset reference space would do the same, but emulators and older browsers get its matrix wrong.)
 * @param {Group} rig @param {number} degrees @param {Vector3} about metres, in the scene
 */
export function turn(rig, degrees, about) {
  const angle = -MathUtils.degToRad(degrees); // three turns to the left
  rig.position.sub(about).applyAxisAngle(rig.up, angle).add(about);
  rig.rotation.y += angle;
  rig.updateMatrixWorld(true);
}

/**
 * The head is at the capture point again, `heightM` above it, and looks forward.
 * @param {Group} rig @param {XRRigidTransform} head in the rig @param {number} heightM
 */
export function recentre(rig, head, heightM) {
  rig.rotation.y = -headAngle(head);
  rig.position.set(-head.position.x, -head.position.y, -head.position.z).applyAxisAngle(rig.up, rig.rotation.y);
  rig.position.y += heightM;
  rig.updateMatrixWorld(true);
}

/** Where the head looks, seen from above: radians about +Y, three's way round. @param {XRRigidTransform} head */
export function headAngle({ orientation: { x, y, z, w } }) {
  return Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y));
}

/** @param {XRSession} session @returns {() => number} degrees to turn in this frame, to the right; mostly 0 */
export function snapTurn(session) {
  let ready = true;
  return () => {
    let push = 0;
    for (const { gamepad } of session.inputSources) {
      const x = gamepad ? gamepad.axes[2] ?? gamepad.axes[0] ?? 0 : 0; // xr-standard: 2 is the thumbstick, 0 a touchpad
      if (Math.abs(x) > Math.abs(push)) push = x;
    }
    if (Math.abs(push) < SNAP_AGAIN_BELOW) ready = true;
    if (!ready || Math.abs(push) < SNAP_AT) return 0;
    ready = false;
    return Math.sign(push) * SNAP_DEG;
  };
}
