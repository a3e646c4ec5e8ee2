"""Procedural worlds: a seed becomes a described place, its captions, and exact RGB and distance from any position.

`sample_world(seed)` draws a place, `caption(world, seed)` says it in words, `render.render(worlds, height, width)`
paints it (importing that module imports torch).
Every solid is a convex polyhedron with flat faces: low-poly dioramas, traced exactly, without a mesh or a download.
"""

from ldm3d_web.worlds.caption import Said, caption, say
from ldm3d_web.worlds.places import sample_world
from ldm3d_web.worlds.world import Description, Thing, World

__all__ = ["Description", "Said", "Thing", "World", "caption", "sample_world", "say"]
