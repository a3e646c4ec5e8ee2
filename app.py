"""The Space's door: settings → server."""

from ldm3d_web.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["serve"]))
