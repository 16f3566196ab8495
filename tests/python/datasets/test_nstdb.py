"""The electrode noise of the noise stress test database, if it is on this machine."""

from dt4ecg.datasets import dataset, nstdb_recordings


def test_three_kinds_of_noise_without_a_heart(nstdb_folder):
    recordings = nstdb_recordings(nstdb_folder)
    assert [r.name for r in recordings] == ["bw", "em", "ma"]
    assert all(r.n_leads == 2 and r.sampling_rate == 360 for r in recordings)
    assert {r.subject for r in recordings} == {"none"}
    assert all(r.mains_frequency == 60 for r in recordings)
    assert dataset("nstdb").load is None
