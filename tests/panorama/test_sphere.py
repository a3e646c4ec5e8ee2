import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ldm3d_web.panorama.sphere import pixel_rays, rays_to_uv, uv_to_rays

unit = st.floats(0.001, 0.999)


def test_axes():
    np.testing.assert_allclose(uv_to_rays(0.5, 0.5), [0, 0, -1], atol=1e-12)
    np.testing.assert_allclose(uv_to_rays(0.75, 0.5), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(uv_to_rays(0.0, 0.5), [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(uv_to_rays(0.3, 0.0), [0, 1, 0], atol=1e-12)


@given(unit, unit, st.floats(0.01, 1000))
def test_rays_of_any_length_lead_back_to_their_uv(u, v, length):
    back = rays_to_uv(uv_to_rays(u, v) * length)
    np.testing.assert_allclose(back, (u, v), atol=1e-9)


def test_pixel_rays_close_over_the_wrap():
    rays = pixel_rays(8, 16)
    step = np.linalg.norm(rays[:, 1] - rays[:, 0], axis=-1)
    across = np.linalg.norm(rays[:, 0] - rays[:, -1], axis=-1)
    np.testing.assert_allclose(across, step, rtol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(rays, axis=-1), 1)
