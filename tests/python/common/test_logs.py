"""Messages of a library are collected instead of printed, and only for a while."""

import logging

from dt4ecg._common.logs import collected


def test_messages_and_level_of_the_logger(caplog):
    logger = logging.getLogger("a library")
    with collected("a library") as messages:
        logger.setLevel(logging.DEBUG)
        logger.debug("found %d", 3)
        logger.error("damaged")
    assert messages == {"found 3": logging.DEBUG, "damaged": logging.ERROR}
    assert caplog.messages == []
    assert logger.level == logging.NOTSET
    logger.error("later")
    assert caplog.messages == ["later"]
    assert "later" not in messages
