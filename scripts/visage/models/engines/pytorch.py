"""PyTorch: DeepFace's models for it."""

from visage.models.engines.engine import Engine, say_what_computes


class PyTorch(Engine):
    """PyTorch."""

    name = "pytorch"
    title = "PyTorch"
    module = "torch"
    install = "pip install torch torchvision"
    packages = ("torch",)
    deepface = "pytorch"

    def uses_gpu(self) -> bool:
        """PyTorch takes the GPU that it sees."""
        return True

    def prepare(self, threads: int) -> None:
        """Keep it to `threads`."""
        import torch

        say_what_computes(self.title, torch.cuda.is_available())
        torch.set_num_threads(threads)
