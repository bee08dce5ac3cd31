"""Embeddings of crops: in batches as one by one."""

import numpy as np
import pytest
from facenet import Facenet
from numpy.typing import NDArray
from visage.models.deepface import WeightsHome, use_engine
from visage.models.engines import ENGINES
from visage.models.recognisers.deepface import DeepFaceRecogniser


def test_a_batch_gives_what_single_images_give_and_deepface_gives(facenet: Facenet) -> None:
    rng = np.random.default_rng(0)
    crops = list(rng.integers(0, 256, (19, 160, 160, 3), np.uint8))
    recogniser = facenet.model.recogniser
    assert (recogniser.size, recogniser.batch) == ((160, 160), 8)
    together = recogniser.embed(crops)
    assert together.shape == (19, 512)
    # Batches are filled up to one size: whatever stands beside a crop, its embedding is the same.
    np.testing.assert_array_equal(together, np.concatenate([recogniser.embed([c]) for c in crops]))

    from deepface import DeepFace

    use_engine(ENGINES[facenet.entry.engine])  # another test may have asked for another
    with WeightsHome(facenet.entry.weights, facenet.weights):
        theirs = DeepFace.represent(
            crops[0], "Facenet512", detector_backend="skip", normalization="Facenet2018"
        )
    # The tolerance: another order of float32 sums in graph and eager mode.
    np.testing.assert_allclose(together[0], theirs[0]["embedding"], rtol=0, atol=1e-5)


def test_memory_does_not_grow_with_the_number_of_faces(
    facenet: Facenet, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    recogniser = facenet.model.recogniser
    assert isinstance(recogniser, DeepFaceRecogniser)
    forward = recogniser._forward

    def counted(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        sizes.append(len(batch))
        return forward(batch)

    monkeypatch.setattr(recogniser, "_forward", counted)
    recogniser.embed([np.zeros((160, 160, 3), np.uint8)] * 20)
    assert sizes == [8, 8, 4]
