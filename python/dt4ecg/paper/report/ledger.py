"""The page before the reports: which runs there are, and what they say of each claim.

It is a function of the ``summary.json`` that each run leaves beside its report.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.paper.judge.verdicts import FAILS, FOLLOWS, HOLDS, OPEN, Finding
from dt4ecg.paper.report.document import Block, Code, Grid, Heading, Text, to_markdown
from dt4ecg.paper.report.report import ABOUT
from dt4ecg.protocols import PROTOCOLS
from dt4ecg.storage.container import write_bytes

SUMMARY = "summary.json"
VERDICTS = (HOLDS, FAILS, OPEN)
_RULES = {claim.text: claim.rule for claim in CLAIMS}


@dataclass(frozen=True)
class Run:
    """What the page says of one run."""

    name: str  # of its folder
    command: str
    data: str
    simulated: bool | None  # None: of nothing, as no cell is computed
    protocol: str
    seeds: str
    parts: str  # of the paper
    cells: str
    findings: dict[str, Finding]  # by claim


def index(folder: str | Path) -> Path:
    """Write ``README.md`` over the runs that lie in a folder, each in a folder of its own.

    Returns
    -------
    Path of the page.

    Raises
    ------
    ValueError
        There is no run, or a summary that this version did not write.
    """
    folder = Path(folder)
    runs = [_read(path) for path in sorted(folder.glob(f"*/{SUMMARY}"))]
    if not runs:
        raise ValueError(
            f"reproduce: no run lies in {folder} (FOLDER/RUN/{SUMMARY}); make one with "
            f"dt4ecg reproduce --all --out {folder / 'RUN'}"
        )
    page = folder / "README.md"
    write_bytes(page, to_markdown(_page(runs)).encode())
    return page


def _read(path: Path) -> Run:
    try:
        if not path.is_file():
            raise ValueError("no regular file")
        run = json.loads(path.read_bytes())
        for claim in run["claims"]:
            texts = (claim["numbers"], claim["missing"], run["command"], run["of"])
            if claim["rule"] != _RULES[claim["claim"]] or claim["verdict"] not in VERDICTS:
                raise ValueError("another rule")
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("no text")
        return Run(
            name=path.parent.name,
            command=run["command"],
            data=run["of"],
            simulated=run["simulated"],
            protocol=f"{run['protocol']}: {PROTOCOLS[run['protocol']].holds_out}",
            seeds=", ".join(map(str, run["seeds"])),
            parts=", ".join(
                [
                    *(f"Table {name}" if name.isupper() else name for name in run["tables"]),
                    *(f"Fig. {name}" for name in run["figures"]),
                ]
            ),
            cells=f"{run['cells']['computed']} of {run['cells']['asked']}",
            findings={
                claim["claim"]: Finding(
                    claim["verdict"], claim["numbers"], claim["missing"], bool(claim["follows"])
                )
                for claim in run["claims"]
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"reproduce: {path} is no summary that this version wrote; the command of its report "
            "writes it again"
        ) from error


def _page(runs: Sequence[Run]) -> list[Block]:
    simulated = [run.name for run in runs if run.simulated]
    blocks: list[Block] = [
        Heading("DT4ECG: which of the paper's claims hold", 1),
        Text(ABOUT),
        *_in_short(runs),
        Text(
            "Each run below repeats experiments of the paper on data that anyone can get, and "
            "judges its claims by rules that every report prints. A verdict is of the run's "
            "data and protocol, not of the paper's own."
        ),
    ]
    if simulated:
        blocks.append(
            Text(
                f"**Simulated: {', '.join(simulated)}.** Their numbers say how the methods behave "
                "on a simulator; nothing in them was measured on people."
            )
        )
    return [*blocks, *_claims(runs), *_runs(runs), *_commands(runs)]


def _in_short(runs: Sequence[Run]) -> list[Block]:
    rows = []
    for run in runs:
        found = list(run.findings.values())
        own = Counter(finding.verdict for finding in found if not finding.follows)
        following = sum(finding.follows for finding in found)
        if found:
            rows.append((_link(run), *(str(own[verdict]) for verdict in VERDICTS), str(following)))
    if not rows:
        return []
    return [
        Text(
            "In short, the number of claims by run and verdict. Algorithm 1 as printed drives its "
            "weights to 0, after which nothing is learned; claims that fail for that alone are not "
            "findings of their own, and stand in the last column."
        ),
        Grid(("run", *VERDICTS, "follow from weights of 0"), tuple(rows)),
    ]


def _claims(runs: Sequence[Run]) -> list[Block]:
    rows = []
    for claim in (claim.text for claim in CLAIMS):
        found = [(run, run.findings[claim]) for run in runs if claim in run.findings]
        lines = [
            (_link(run), f"**{finding.verdict}**", finding.text)
            for run, finding in found
            if finding.numbers and not finding.follows
        ]
        following = [_link(run) for run, finding in found if finding.follows]
        if following:
            lines.append((", ".join(following), f"**{FAILS}**", FOLLOWS))
        lines = lines or [("", f"**{OPEN}**", "no run has numbers for it")]
        rows += [(claim if i == 0 else "", *line) for i, line in enumerate(lines)]
    return [
        Heading("The claims"),
        Text(
            "Differences are in points of accuracy, each with the 95 % interval of a bootstrap "
            "over recordings and seeds. A claim about several comparisons is judged by those "
            "whose interval lies on the right side of the threshold, and refuted by one whose "
            "interval, corrected for their number, lies on the wrong one; the comparison told is "
            "that which speaks most against the claim. At a ceiling not even a model without an "
            "error could pass the threshold, so that not to pass it refutes nothing. A run without "
            "a number for a claim has no line there; its report says why, and has every rule."
        ),
        Grid(("claim", "run", "verdict", "numbers"), tuple(rows)),
    ]


def _runs(runs: Sequence[Run]) -> list[Block]:
    rows = [(_link(run), run.data, run.protocol, run.parts, run.seeds, run.cells) for run in runs]
    return [
        Heading("The runs"),
        Text(
            "A cell is one training, or one fit of another method, with one seed. The random "
            "split, the paper's, has neighbours of most test segments in training: it says how "
            "well a system fits. The others ask what it knows of a later time, another session or "
            "another person."
        ),
        Grid(("run", "data", "held out for the test", "parts", "seeds", "cells"), tuple(rows)),
    ]


def _commands(runs: Sequence[Run]) -> list[Block]:
    lines = [f"{run.command} --out {shlex.quote(run.name)}" for run in runs]
    return [
        Heading("The commands"),
        Text(
            "In this folder; add `--jobs N` for N processes. A finished cell is not computed "
            "again, and the last line writes this page."
        ),
        Code("\n".join([*lines, "dt4ecg reproduce --index ."])),
    ]


def _link(run: Run) -> str:
    kind = ", simulated" if run.simulated else ""
    return f"[{run.name}]({run.name}/report.md){kind}"
