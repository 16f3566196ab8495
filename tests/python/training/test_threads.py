"""Other threads read and save the state during a training."""

import threading
import time

import numpy as np
import pytest
from support.toy import (
    PlainModule,
    assert_same_bits,
    epochs_in,
    network,
    segments,
    trained,
    trainer,
)


class Slow(PlainModule):
    """Waits within each step, so that other threads run."""

    def forward(self, x):
        logits = super().forward(x)
        time.sleep(0.001)
        return logits


@pytest.mark.parametrize("make", [network, Slow])
def test_a_state_saved_by_another_thread_continues(make, tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trainer(make(), epochs=100_000)
    thread = threading.Thread(target=run.fit, args=segments())
    thread.start()
    try:
        while not len(run.history["epoch"]):
            time.sleep(0.001)
        for _ in range(20):
            run.save(path)
            assert np.isfinite(run.history["weight"]).all()
            assert run.task_weights.sum() == pytest.approx(2, rel=1e-5)
    finally:
        run.stop()
        thread.join()
    epochs = epochs_in(path) + 2
    continued = trained(make(seed=9), epochs=epochs, fit={"resume": path})
    assert_same_bits(continued, trained(make(), epochs=epochs))


class SavesWithinAStep(PlainModule):
    """Reads and saves its own trainer within a step."""

    def forward(self, x):
        if self.training:
            self.seen = self.run.history, self.run.task_weights
            self.run.save(self.path)
        return super().forward(x)


def test_a_module_cannot_save_within_a_step(tmp_path):
    module = SavesWithinAStep()
    module.run, module.path = trainer(module), tmp_path / "run.dt4ecg"
    with pytest.raises(RuntimeError, match="within a step there is no state to save"):
        module.run.fit(*segments())
    assert module.seen[1].tolist() == [1, 1]
