"""``python -m ldm3d_web``: the command line."""

from ldm3d_web.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
