"""What a job has to tell the user, short of an error: into its log, and on the screen."""

import logging

NOTICE = 35  # between a warning, which stays in the log, and an error
logging.addLevelName(NOTICE, "NOTICE")


def notify(message: str) -> None:
    """Say something on the screen as well as in the log; see `visage.workflow.job.logged`."""
    logging.getLogger(__name__).log(NOTICE, "%s", message)
