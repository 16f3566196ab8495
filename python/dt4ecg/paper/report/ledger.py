"""The ledger: one page that lists the verdicts on all claims over several runs.

The page depends only on the ``summary.json`` of each run.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from dt4ecg._common.document import Block, Code, Grid, Heading, Text, to_markdown
from dt4ecg._common.files import require_regular_file
from dt4ecg._common.text import literal
from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.paper.judge.verdicts import FAILS, FOLLOWS, HOLDS, OPEN, Finding
from dt4ecg.paper.report.page import ABOUT
from dt4ecg.paper.report.summary import FILE_NAME
from dt4ecg.protocols import PROTOCOLS
from dt4ecg.storage.container import write_bytes

VERDICTS = (HOLDS, FAILS, OPEN)
_RULES = {claim.text: claim.rule for claim in CLAIMS}


@dataclass(frozen=True)
class Run:
    """The facts of one run, as texts.

    ``name`` is the name of its folder. ``simulated`` is None if no cell is computed. The keys of
    ``findings`` are claims.
    """

    name: str
    command: str
    data: str
    simulated: bool | None
    protocol: str
    seeds: str
    parts: str
    cells: str
    findings: dict[str, Finding]


def index(folder: str | Path) -> Path:
    """Write a page that lists the verdicts of all runs in a folder.

    Parameters
    ----------
    folder : str or Path
        Folder that contains the folders of the runs.

    Returns
    -------
    Path
        The page, ``README.md`` in the folder.

    Raises
    ------
    ValueError
        The folder contains no run, or a summary that another version wrote.

    See Also
    --------
    reproduce : Compute one run.

    Examples
    --------
    >>> import tempfile
    >>> from dt4ecg.paper import index, plan, reproduce
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = reproduce(
    ...         plan(preset="quick", seeds=1, networks=["mlp"]), tables=["I"], figures=[],
    ...         out=f"{folder}/quick", progress=False,
    ...     )
    ...     page = index(folder)
    ...     print(page.name, "quick/report.md" in page.read_text())
    README.md True
    """
    folder = Path(folder)
    runs = [_read(path) for path in sorted(folder.glob(f"*/{FILE_NAME}"))]
    if not runs:
        raise ValueError(
            f"reproduce: {folder} contains no run (FOLDER/RUN/{FILE_NAME}); compute one with "
            f"dt4ecg reproduce --all --out {folder / 'RUN'}"
        )
    page = folder / "README.md"
    write_bytes(page, to_markdown(_page(runs)).encode())
    return page


def _read(path: Path) -> Run:
    try:
        require_regular_file(path)
        run = json.loads(path.read_bytes())
        for claim in run["claims"]:
            texts = (claim["numbers"], claim["missing"], run["command"], run["of"])
            if claim["rule"] != _RULES[claim["claim"]] or claim["verdict"] not in VERDICTS:
                raise ValueError("another rule")
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("not a text")
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
            f"reproduce: {path} is damaged or was written by another version; the command of its "
            "report writes it again"
        ) from error


def _page(runs: Sequence[Run]) -> list[Block]:
    simulated = [literal(run.name) for run in runs if run.simulated]
    blocks: list[Block] = [
        Heading("DT4ECG: which of the paper's claims hold", 1),
        Text(ABOUT),
        *_counts(runs),
        Text(
            "Each run below repeats experiments of the paper on data that anyone can get. It "
            "judges the claims by rules that its report prints. A verdict is about the data and "
            "the protocol of the run, not about those of the paper."
        ),
    ]
    if simulated:
        blocks.append(
            Text(
                f"**Simulated: {', '.join(simulated)}.** Their numbers describe the methods on "
                "simulated signals; nothing was measured on people."
            )
        )
    return [*blocks, *_claims(runs), *_runs(runs), *_commands(runs)]


def _counts(runs: Sequence[Run]) -> list[Block]:
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
            "The table counts the claims by run and verdict. Algorithm 1 as printed drives its "
            "weights to 0, and the network then stops learning. The last column counts claims "
            "that fail for this reason only; they are not separate findings."
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
            "Differences are in points of accuracy, with the 95 % interval of a bootstrap over "
            "recordings and seeds. A claim with several comparisons holds if every interval is on "
            "the right side of the threshold. It is refuted by one interval on the wrong side, "
            "corrected for the number of comparisons. The table shows the comparison that "
            "contradicts the claim most. At a ceiling, where even a model without an error would "
            "not pass the threshold, a difference below the threshold does not refute the claim. A "
            "run without numbers for a claim has no row; its report gives the reason, and all "
            "rules."
        ),
        Grid(("claim", "run", "verdict", "numbers"), tuple(rows)),
    ]


def _runs(runs: Sequence[Run]) -> list[Block]:
    rows = [
        (_link(run), literal(run.data), run.protocol, run.parts, run.seeds, run.cells)
        for run in runs
    ]
    return [
        Heading("The runs"),
        Text(
            "A cell is one training, or one fit of another method, with one seed. The random split "
            "of the paper leaks: most test segments have neighbours in the training part, so that "
            "it measures how well a system fits. The other protocols test a later time, another "
            "session or another person."
        ),
        Grid(("run", "data", "held out for the test", "parts", "seeds", "cells"), tuple(rows)),
    ]


def _commands(runs: Sequence[Run]) -> list[Block]:
    lines = [f"{run.command} --out {shlex.quote(run.name)}" for run in runs]
    return [
        Heading("The commands"),
        Text(
            "Run the commands in this folder; add `--jobs N` for N processes. A finished cell is "
            "not computed again. The last line writes this page."
        ),
        Code("\n".join([*lines, "dt4ecg reproduce --index ."])),
    ]


def _link(run: Run) -> str:
    kind = ", simulated" if run.simulated else ""
    return f"[{literal(run.name)}]({quote(run.name)}/report.md){kind}"
