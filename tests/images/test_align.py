import numpy as np
import pytest
from visage.images.align import TEMPLATE, five_point_crop, sharpness, similarity_transform


def test_the_similarity_transform_is_found_back() -> None:
    angle, scale, shift = np.deg2rad(30), 2.5, np.array([7.0, -3.0])
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = TEMPLATE @ (scale * rotation).T + shift
    matrix = similarity_transform(TEMPLATE, moved)
    assert matrix[:, :2] == pytest.approx(scale * rotation)
    assert matrix[:, 2] == pytest.approx(shift)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    mirrored = TEMPLATE * [-1, 1]
    matrix = similarity_transform(mirrored, TEMPLATE)
    assert np.linalg.det(matrix[:, :2]) > 0


@pytest.mark.parametrize("known", [5, 2])
def test_a_crop_puts_the_landmarks_onto_the_template(known: int) -> None:
    # A face drawn as five bright dots: twice the template's size, shifted.
    points = TEMPLATE * 2 + [60, 40]
    pixels = np.zeros((400, 400, 3), np.uint8)
    for x, y in np.rint(points).astype(int):
        pixels[y - 3 : y + 4, x - 3 : x + 4] = 255
    landmarks = points.astype(np.float32)
    landmarks[known:] = np.nan  # a detector that gives only the eyes
    crop = five_point_crop(pixels, landmarks, (112, 112))
    assert crop.shape == (112, 112, 3)
    for x, y in np.rint(TEMPLATE).astype(int):
        assert crop[y, x, 0] == 255
    assert crop[5, 5, 0] == 0


def test_beyond_the_edge_a_crop_repeats_the_edge() -> None:
    """Black there would make all faces that are cut off look alike."""
    pixels = np.full((60, 60, 3), 200, np.uint8)
    crop = five_point_crop(pixels, TEMPLATE.astype(np.float32), (112, 112))
    assert (crop == 200).all()


def test_blur_lowers_sharpness() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (112, 112, 3), dtype=np.uint8)
    blurred = noise.reshape(56, 2, 56, 2, 3).mean(axis=(1, 3)).astype(np.uint8)
    assert sharpness(noise) > sharpness(np.kron(blurred, np.ones((2, 2, 1), np.uint8)))


def test_a_large_face_is_averaged_not_sampled() -> None:
    """Of a fine chequered pattern nothing may be left in a crop a tenth of its size but grey."""
    fine = np.indices((1200, 1200)).sum(axis=0) % 2 * 255
    pixels = np.repeat(fine[:, :, None], 3, axis=2).astype(np.uint8)
    crop = five_point_crop(pixels, (TEMPLATE * 10 + 20).astype(np.float32), (112, 112))
    assert np.abs(crop[2:-2, 2:-2].astype(int) - 127).max() <= 3
