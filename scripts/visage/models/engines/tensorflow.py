"""TensorFlow: DeepFace's Keras models, as graphs."""

import os

from visage.models.engines.engine import Engine, say_what_computes


class TensorFlow(Engine):
    """TensorFlow with the older Keras, as DeepFace's models need it."""

    name = "tensorflow"
    title = "TensorFlow"
    module = "tensorflow"
    install = "pip install tensorflow tf-keras"
    packages = ("tensorflow", "tf-keras")
    environment = "embed-tensorflow"
    deepface = "tensorflow"

    def uses_gpu(self) -> bool:
        """TensorFlow takes the GPU that it sees."""
        return True

    def prepare(self, threads: int) -> None:
        """Keep it to `threads`, and to the GPU memory it needs; before anything imports it."""
        os.environ["TF_USE_LEGACY_KERAS"] = "1"  # as DeepFace sets it; has to be before the import
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
        say_what_computes(self.title, bool(found))
        try:
            for device in found:
                # Otherwise it takes all of the GPU's memory, and a second process gets none.
                tf.config.experimental.set_memory_growth(device, True)
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            # TensorFlow has already run something in this process: it stays as it is.
            return
