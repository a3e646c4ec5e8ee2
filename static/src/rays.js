/**
 * Where hands point in a headset: controllers and hands all the time, a gaze with a pinch (Vision Pro) only during the
 * pinch. Frames: the rig's, that is the session's own space.
 */

import { Quaternion, Vector3 } from 'three';

/** @typedef {{ from: Vector3, way: Vector3 }} Ray way: of length 1 */

/**
 * @param {XRFrame} frame @param {XRReferenceSpace} space @param {XRInputSource} source
 * @returns {Ray | null} null without a pose
 */
export function rayOf(frame, space, source) {
  const pose = frame.getPose(source.targetRaySpace, space);
  if (!pose) return null;
  const { position: p, orientation: q } = pose.transform;
  return {
    from: new Vector3(p.x, p.y, p.z),
    way: new Vector3(0, 0, -1).applyQuaternion(new Quaternion(q.x, q.y, q.z, q.w)),
  };
}
