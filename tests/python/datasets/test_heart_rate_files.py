"""Damaged files of the heart rate sets give errors that name the file and the line."""

import pytest

from dt4ecg.datasets import noneeg_heart_rate, wesad_heart_rate

STATES = "subject,second,hr_bpm,spo2_percent,state\n1,0,89,97,Relax_1\n1,1,88,97,Relax_1\n"
RATES = "subject,t_s,hr_bpm\n2,0,80\n2,1,81\n"
CONDITIONS = (
    "subject,condition,start_s,end_s,valence,arousal,stai,panas,aligned\n2,TSST,0,2,7,2,1,1,1\n"
)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("hr_bpm", "bpm", "no column hr_bpm"),
        ("88,97", "x,97", r"line 3: hr_bpm must be a number, got 'x'"),
        ("88,97", "nan,97", r"line 3: hr_bpm must be a number, got 'nan'"),
        (",97,Relax_1\n1,1", "\n1,1", r"line 2: it has 3 cells, and the header has 5"),
        ("97,Relax_1\n1,1", "97,Zzz\n1,1", r"line 2: state must begin with one of .* got 'Zzz'"),
        ("Relax", "Relax\x00\xe9", "not a text table"),
    ],
)
def test_damaged_states_are_refused(tmp_path, old, new, message):
    assert len(_noneeg(tmp_path, STATES)) == 1
    with pytest.raises(ValueError, match=message):
        _noneeg(tmp_path, STATES.replace(old, new))


def _noneeg(folder, text):
    (folder / "hr_spo2.csv").write_bytes(text.encode("latin-1"))
    return noneeg_heart_rate(folder)


@pytest.mark.parametrize(
    ("rates", "conditions", "message"),
    [
        (RATES, CONDITIONS.replace("aligned", "x"), "no column aligned"),
        (RATES, CONDITIONS.replace("TSST,0", "TSST,nan"), "line 2: start_s must be a number"),
        (RATES.replace("\n2,", "\n3,"), CONDITIONS, "line 2: hr.csv has no heart rate of '2'"),
        ("", CONDITIONS, "hr.csv: it has no column subject, t_s, hr_bpm"),
    ],
)
def test_damaged_ratings_are_refused(tmp_path, rates, conditions, message):
    (tmp_path / "hr.csv").write_text(rates)
    (tmp_path / "conditions.csv").write_text(conditions)
    with pytest.raises(ValueError, match=message):
        wesad_heart_rate(tmp_path)
