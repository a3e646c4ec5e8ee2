// The approach of three.js' depth panorama example, in our own words: a sphere of one texture, pushed in by a gray depth
// picture in the vertex shader, drawn in every frame. `?segments=` sets how fine the sphere is.
import * as THREE from 'three';

const segments = Number(new URLSearchParams(location.search).get('segments') ?? 256);
const renderer = new THREE.WebGLRenderer({ antialias: true });
renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);
const camera = new THREE.PerspectiveCamera(70, innerWidth / innerHeight, 0.1, 100);
const scene = new THREE.Scene();
scene.add(new THREE.AmbientLight(0xffffff, Math.PI));
const textures = new THREE.TextureLoader();
const [map, displacementMap] = await Promise.all(['rgb.jpg', 'depth.jpg'].map((name) => textures.loadAsync(name)));
for (const each of [map, displacementMap]) [each.minFilter, each.generateMipmaps] = [THREE.NearestFilter, false];
map.colorSpace = THREE.SRGBColorSpace;
const shape = new THREE.SphereGeometry(6, segments, segments);
scene.add(new THREE.Mesh(shape, new THREE.MeshStandardMaterial({ side: THREE.BackSide, map, displacementMap, displacementScale: -4 })));
window.turn = (yaw) => (camera.rotation.y = yaw);
renderer.setAnimationLoop(() => renderer.render(scene, camera));
