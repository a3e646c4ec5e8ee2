"""Things that stand in worlds. Each function returns the solids of one object at (x, z) on the floor."""
