"""The look-up page."""

from visage import telemetry

telemetry.refuse()  # before Gradio is imported
