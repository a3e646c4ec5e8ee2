"""Named colours of things, and those of plants and ground by season."""

from __future__ import annotations

from ldm3d_web.worlds.world import Colour

PAINTS: dict[str, Colour] = {
    "red": (0.80, 0.27, 0.22),
    "orange": (0.93, 0.54, 0.20),
    "yellow": (0.95, 0.79, 0.34),
    "green": (0.38, 0.60, 0.36),
    "blue": (0.28, 0.47, 0.74),
    "turquoise": (0.25, 0.66, 0.66),
    "purple": (0.55, 0.36, 0.70),
    "pink": (0.93, 0.58, 0.68),
    "white": (0.95, 0.93, 0.88),
    "brown": (0.50, 0.34, 0.22),
    "grey": (0.60, 0.61, 0.63),
    "black": (0.18, 0.18, 0.20),
    "golden": (0.90, 0.70, 0.30),
}
BRIGHT: dict[str, Colour] = {  # of what shines or is strange
    "red": (0.90, 0.25, 0.22),
    "orange": (0.98, 0.55, 0.18),
    "blue": (0.26, 0.52, 0.92),
    "purple": (0.62, 0.34, 0.90),
    "pink": (0.97, 0.48, 0.72),
    "turquoise": (0.20, 0.76, 0.74),
    "green": (0.32, 0.86, 0.54),
    "golden": (0.98, 0.76, 0.28),
}
PETALS: dict[str, Colour] = {
    "red": (0.92, 0.28, 0.26),
    "yellow": (0.98, 0.84, 0.28),
    "white": (0.97, 0.96, 0.94),
    "purple": (0.64, 0.42, 0.84),
    "pink": (0.96, 0.55, 0.70),
    "blue": (0.38, 0.52, 0.92),
    "orange": (0.97, 0.58, 0.20),
}
GREENS: dict[str, Colour] = {
    "spring": (0.50, 0.72, 0.34),
    "summer": (0.34, 0.62, 0.30),
    "autumn": (0.66, 0.62, 0.28),
    "winter": (0.36, 0.48, 0.42),
}
GROUNDS: dict[str, Colour] = {
    "spring": (0.60, 0.77, 0.40),
    "summer": (0.48, 0.70, 0.34),
    "autumn": (0.83, 0.71, 0.38),
    "winter": (0.87, 0.90, 0.95),
}
LEAVES: dict[str, list[Colour]] = {
    "spring": [(0.52, 0.72, 0.32), (0.62, 0.78, 0.36), (0.44, 0.66, 0.32)],
    "summer": [(0.32, 0.62, 0.30), (0.42, 0.68, 0.32), (0.28, 0.58, 0.36)],
    "autumn": [(0.92, 0.50, 0.16), (0.86, 0.32, 0.16), (0.95, 0.72, 0.24)],
    "winter": [(0.40, 0.46, 0.44), (0.44, 0.48, 0.46), (0.36, 0.42, 0.42)],
}
PINES: dict[str, Colour] = {
    "spring": (0.26, 0.54, 0.37),
    "summer": (0.20, 0.50, 0.35),
    "autumn": (0.22, 0.47, 0.34),
    "winter": (0.22, 0.45, 0.40),
}
CLOTHS: dict[str, Colour] = {
    "red": (0.76, 0.32, 0.28),
    "blue": (0.34, 0.48, 0.68),
    "green": (0.40, 0.58, 0.44),
    "yellow": (0.90, 0.74, 0.38),
    "purple": (0.54, 0.42, 0.64),
    "pink": (0.88, 0.60, 0.64),
    "turquoise": (0.34, 0.62, 0.62),
    "grey": (0.60, 0.62, 0.66),
}


def hue(name: str) -> Colour:
    """A bright colour by name, else the paint."""
    return BRIGHT.get(name, PAINTS[name])
