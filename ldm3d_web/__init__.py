"""LDM3D Web: from a sentence to a panorama with depth that one can stand in."""

__version__ = "0.1.0"
