"""Tests are the same for everyone: no setting of the user's reaches them or the processes they start."""

import os

for name in [name for name in os.environ if name.startswith("LDM3D_")]:
    del os.environ[name]
