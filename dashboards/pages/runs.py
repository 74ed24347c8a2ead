"""The stewards' page about the work itself: what ran, how long it took, what runs now and how to stop it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

import streamlit as st

from dashboards import desk, runs, tables, texts
from dashboards.dagster_api import Dagster, DagsterError, Run
from dashboards.pages import address, parts, present
from dashboards.queries import Publication

RUN = "verwerking"
BUSY_SECONDS = 3
ASKED_TO_STOP = "runs:asked-to-stop"


def dagster(publication: Publication) -> Dagster:
    return Dagster.of(desk.home_of(publication), os.environ)


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    parts.title(texts.get("verwerkingen.title"), escape(texts.get("verwerkingen.lead")))
    asked = dagster(publication)
    try:
        found = asked.runs()
    except DagsterError as error:
        unreachable(publication, str(error))
        return
    address.begin()
    if not found:
        parts.html(f"<p>{escape(texts.get('verwerkingen.none'))}</p>")
        return
    busy = [run for run in found if run.is_busy]
    if busy:
        parts.section(texts.get("verwerkingen.busy_title"))
        follow(asked, busy)
    parts.section(texts.get("verwerkingen.history_title"))
    headers = list(texts.get("verwerkingen.columns").values())
    parts.html(
        tables.table(texts.get("verwerkingen.caption"), headers, runs.rows(found, datetime.now(UTC)), stacked=True)
    )
    if st.button(texts.get("verwerkingen.refresh"), icon=":material/refresh:", key="refresh-runs"):
        st.rerun()
    _one(asked, found)
    address.write()


def _one(asked: Dagster, found: Sequence[Run]) -> None:
    """The end of the log of one run, and why it failed."""
    labels = {run.id: f"{runs.job(run)}, {runs.moment(run.started or run.created)}" for run in found}
    parts.section(texts.get("verwerkingen.one_title"))
    with st.container(key="run-controls"):
        address.before(RUN, list(labels), found[0].id)
        st.selectbox(
            texts.get("verwerkingen.choose"), list(labels), format_func=lambda run: labels[run], key=RUN,
            filter_mode="contains",
        )  # fmt: skip
        chosen = address.after(RUN)
    try:
        followed = asked.follow(chosen)
    except DagsterError as error:
        parts.html(f"<p>{escape(str(error))}</p>")
        return
    said = f"<p>{runs.status(followed.run)}. {escape(followed.reason)}</p>"
    if followed.lines:
        said += f'<pre class="log">{escape(chr(10).join(followed.lines))}</pre>'
    else:
        said += f'<p class="note">{escape(texts.get("verwerkingen.no_lines"))}</p>'
    parts.html(said)


def unreachable(publication: Publication, reason: str) -> None:
    """Dagster can't be asked: why, and what to do."""
    command = desk.dagster_command(desk.home_of(publication))
    parts.html(
        f'<p class="trouble">{escape(reason)}</p><p>{escape(texts.get("verwerkingen.start"))}</p>'
        f'<pre class="copy">{escape(command)}</pre>'
    )


def follow(asked: Dagster, busy: Sequence[Run]) -> None:
    """These runs while they last, drawn anew every few seconds; the whole page when one has ended."""
    parts.fragment(_busy, run_every=BUSY_SECONDS)(asked, [run.id for run in busy])


def _busy(asked: Dagster, busy: Sequence[str]) -> None:
    for run in busy:
        try:
            followed = asked.follow(run)
        except DagsterError as error:
            parts.html(f'<p class="trouble">{escape(str(error))}</p>')
            return
        if not followed.run.is_busy:
            st.rerun()
        with st.container(key=f"busy-{run}", horizontal=True, vertical_alignment="center"):
            took = runs.duration(followed.run.seconds(datetime.now(UTC)))
            took = f", {took}" if took else ""
            line = followed.lines[-1] if followed.lines else texts.get("verwerkingen.begins")
            what = ", ".join(filter(None, [runs.job(followed.run), runs.months(followed.run)]))
            parts.html(
                f'<p class="busy"><strong>{escape(what)}</strong> {runs.status(followed.run)}{escape(took)}<br>'
                f'<span class="note">{escape(line)}</span></p>'
            )
            if followed.run.can_stop:
                _stop(asked, run)


def _stop(asked: Dagster, run: str) -> None:
    """A button that asks once more before it stops a run."""
    if st.session_state.get(ASKED_TO_STOP) != run:
        if st.button(texts.get("verwerkingen.stop"), key=f"stop-{run}", icon=":material/stop:"):
            st.session_state[ASKED_TO_STOP] = run
            st.rerun(scope="fragment")
        return
    st.markdown(texts.get("verwerkingen.stop_sure"))
    if st.button(texts.get("verwerkingen.stop_yes"), key=f"stop-yes-{run}", type="primary"):
        del st.session_state[ASKED_TO_STOP]
        try:
            present.note(desk.STOPPED, run)
            asked.stop(run)
        except (DagsterError, desk.DeskError) as error:
            parts.html(f'<p class="trouble">{escape(str(error))}</p>')
    if st.button(texts.get("verwerkingen.stop_no"), key=f"stop-no-{run}"):
        del st.session_state[ASKED_TO_STOP]
        st.rerun(scope="fragment")
