"""What a job has to tell the user, short of an error."""

import logging

import pytest
from visage.notices import NOTICE, notify


def test_a_notice_is_more_than_a_warning_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    notify("100 % of it")  # a text, not a format
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("NOTICE", "100 % of it")
    assert logging.WARNING < record.levelno == NOTICE < logging.ERROR
