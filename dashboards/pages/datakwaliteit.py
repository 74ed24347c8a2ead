"""The stewards' page about data quality: what was delivered, how whole it is, and how feeds meet."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import polars as pl
import streamlit as st

from dashboards import dates, quality_sentences, tables, texts
from dashboards.charts import quality as charts
from dashboards.data_quality import ON_TIME, TOTAL, DataQuality, Feed, NoDataQuality, open_data_quality
from dashboards.heat_table import Cell, Row, heat_table, legend
from dashboards.pages import address, parts
from dashboards.queries import Publication
from indicators import dutch

SIGNS = {"op_tijd": "✓", "te_laat": "!", "achteraf": "↺", "ontbreekt": "✕"}
# Above which share of rows in quarantine a cell of the overview has a bar of that height; the last is a quarter of what
# the contracts refuse.
QUARANTINE_BARS = (0.0, 0.01, 0.05)
# From which share on a cell is a step darker.
RULE_STEPS, FILLED_STEPS = (0.0, 0.005, 0.02, 0.05), (0.0, 0.25, 0.5, 0.75)
# Where no row broke a rule: what did is to stand out.
NONE = "·"
FEED = "levering"


@st.cache_resource(max_entries=2, show_spinner=False)
def _opened(_publication: Publication, folder: str) -> DataQuality:
    return open_data_quality(_publication)


def show(publication: Publication, site: Mapping[str, st.Page]) -> None:
    try:
        quality = _opened(publication, str(publication.folder))
    except NoDataQuality:
        parts.title(texts.get("datakwaliteit.title"), escape(texts.get("datakwaliteit.absent")))
        return
    address.begin()
    parts.html(f'<p class="eyebrow">{escape(texts.get("datakwaliteit.title"))}</p>')
    parts.title(quality_sentences.headline(quality), escape(quality_sentences.standing_out(quality)))
    parts.html(f'<p class="note">{escape(texts.get("datakwaliteit.audience"))}</p>')
    _overview(quality)
    feeds = {name: quality_sentences.name(feed) for name, feed in quality.feeds.items()}
    with st.container(key="controls"):
        address.before(FEED, list(feeds), next(iter(feeds)))
        st.selectbox(
            texts.get("datakwaliteit.choose"), list(feeds), format_func=lambda n: feeds[n], key=FEED,
            filter_mode="contains",
        )  # fmt: skip
    feed = quality.feeds[address.after(FEED)]
    parts.section(feeds[feed.name])
    said = "".join(f"<li>{escape(line)}</li>" for line in quality_sentences.of_feed(quality, feed))
    parts.html(f"<ul>{said}</ul>")
    if not quality.series(feed.name, "records").is_empty():
        _volume(quality, feed)
        _rules(quality, feed)
        _filled(quality, feed)
        _links(quality, feed)
    _how()
    address.write()


def _overview(quality: DataQuality) -> None:
    parts.section(texts.get("datakwaliteit.overview_title"), texts.get("datakwaliteit.overview_note"))
    found: dict[str, dict[str, Cell]] = {}
    for row in quality.deliveries.iter_rows(named=True):
        shade, share = row["levering"], row["in_quarantaine"] or 0.0
        level = sum(share > step for step in QUARANTINE_BARS)
        words = f"{dates.period(row['maand'])}: {quality_sentences.delivery_words(row)}"
        found.setdefault(row["naam"], {})[row["maand"]] = Cell(SIGNS[shade], words, f"heat-{shade}", level)
    rows, partner = [], ""
    for name, feed in quality.feeds.items():
        rows.append(
            Row(feed.title, found.get(name, {}), "" if feed.partner == partner else _capital(feed.partner_name))
        )
        partner = feed.partner
    entries = [(Cell(SIGNS[k], "", f"heat-{k}"), texts.get(f"datakwaliteit.legend.{k}")) for k in ON_TIME]
    bars = [(Cell("", "", "heat-op_tijd", level), text)
            for level, text in enumerate(texts.get("datakwaliteit.legend.bars"), start=1)]  # fmt: skip
    parts.html(
        legend(entries)
        + legend(bars)
        + heat_table(texts.get("datakwaliteit.overview_caption"), texts.get("datakwaliteit.column_feed"),
                     quality.months, rows)
    )  # fmt: skip
    parts.folded(texts.get("datakwaliteit.summary_title"), _summary(quality))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _summary(quality: DataQuality) -> str:
    rows = []
    for name, feed in quality.feeds.items():
        mine = quality.deliveries.filter(naam=name)["levering"].to_list()
        broken, received = (quality.series(name, "in_quarantaine", TOTAL)[c].sum() for c in ("teller", "noemer"))
        share = quality_sentences.percent(broken / received) if received else ""
        counts = [str(mine.count(kind)) for kind in ON_TIME]
        rows.append([escape(quality_sentences.name(feed)), *counts, dutch.number(received), escape(share)])
    names = [texts.get("datakwaliteit.column_feed"), *(texts.get("datakwaliteit.on_time")[kind] for kind in ON_TIME)]
    names += [texts.get("datakwaliteit.column_rows"), texts.get("datakwaliteit.column_quarantine")]
    return tables.table(texts.get("datakwaliteit.summary_caption"), names, rows, numeric=range(1, len(names)))


def _volume(quality: DataQuality, feed: Feed) -> None:
    cells = quality.volume(feed.name)
    parts.html(f"<h3>{escape(texts.get('datakwaliteit.volume.title'))}</h3>")
    known = cells.drop_nulls("waarde")
    if known.height == 1:
        (row,) = known.to_dicts()
        once = {"count": dutch.number(row["waarde"]), "month": dates.period(row["maand"])}
        parts.html(f"<p>{escape(texts.say('datakwaliteit.volume.once', **once))}</p>")
        return
    parts.chart(charts.volume(cells), quality_sentences.volume_alternative(cells, feed), "volume-chart")
    parts.html(f'<p class="note">{escape(texts.get("datakwaliteit.volume.note"))}</p>')
    rows = [
        [escape(dates.period(row["maand"])), *("" if v is None else dutch.number(v)
         for v in (row["waarde"], row["laag"], row["hoog"])),
         escape(texts.get("datakwaliteit.volume.outside")) if charts.outside(row) else ""]
        for row in cells.iter_rows(named=True)
    ]  # fmt: skip
    names = [texts.get(f"datakwaliteit.{c}") for c in ("column_month", "column_rows", "column_low", "column_high")]
    caption = texts.say("datakwaliteit.volume.caption", feed=quality_sentences.name(feed))
    parts.folded(
        texts.get("datakwaliteit.volume.table"),
        tables.table(caption, [*names, texts.get("datakwaliteit.column_unusual")], rows, numeric=range(1, 4)),
    )


def _rules(quality: DataQuality, feed: Feed) -> None:
    parts.html(f"<h3>{escape(texts.get('datakwaliteit.quarantine.title'))}</h3>")
    rules = quality.broken_rules(feed.name, "in_quarantaine")
    if rules:
        words = {TOTAL: texts.get("datakwaliteit.quarantine.total"), **feed.rules}
        _heat(quality, feed, "in_quarantaine", [TOTAL, *rules], words, "quarantine", RULE_STEPS)
    else:
        parts.html(f"<p>{escape(texts.get('datakwaliteit.quarantine.never'))}</p>")
    if warnings := quality.broken_rules(feed.name, "waarschuwing"):
        parts.html(f"<h3>{escape(texts.get('datakwaliteit.warnings.title'))}</h3>")
        _heat(quality, feed, "waarschuwing", warnings, feed.rules, "warnings", RULE_STEPS)


def _filled(quality: DataQuality, feed: Feed) -> None:
    parts.html(f"<h3>{escape(texts.get('datakwaliteit.filled.title'))}</h3>")
    there = set(quality.series(feed.name, "gevuld")["onderdeel"])
    columns = [column for column in feed.columns if column in there]
    if not columns:
        parts.html(f"<p>{escape(texts.get('datakwaliteit.filled.none'))}</p>")
        return
    _heat(quality, feed, "gevuld", columns, feed.columns, "filled", FILLED_STEPS)


def _heat(
    quality: DataQuality, feed: Feed, maat: str, codes: list[str], words: Mapping[str, str], text: str,
    steps: tuple[float, ...],
) -> None:  # fmt: skip
    """A row of shares for each code, by month."""
    rows = []
    for code in codes:
        cells = {}
        for row in quality.series(feed.name, maat, code).drop_nulls("waarde").iter_rows(named=True):
            share = quality_sentences.percent(row["waarde"])
            counts = texts.say(
                "datakwaliteit.of", part=dutch.number(row["teller"]), whole=dutch.number(row["noemer"])
            )  # fmt: skip
            step = sum(row["waarde"] > edge for edge in steps)
            cells[row["maand"]] = Cell(
                _short(row["waarde"], none=NONE if maat != "gevuld" else "0"),
                f"{dates.period(row['maand'])}: {share}, {counts}",
                f"heat-step-{step}",
            )
        rows.append(Row(words.get(code, code), cells))
    caption = texts.say(f"datakwaliteit.{text}.caption", feed=quality_sentences.name(feed))
    parts.html(
        f'<p class="note">{escape(texts.get(f"datakwaliteit.{text}.note"))}</p>'
        + heat_table(caption, texts.get(f"datakwaliteit.{text}.corner"), quality.months, rows)
    )


def _short(share: float, none: str = "0") -> str:
    """A percentage in a narrow cell: without the sign, and one decimal below ten; ``none`` for nothing at all.

    >>> [_short(v) for v in (0.0, 0.0004, 0.0123, 0.0996, 0.5, 1.0)]
    ['0', '<0,1', '1,2', '10', '50', '100']
    """
    if not share:
        return none
    if share < 0.0005:
        return "<0,1"
    if share < 0.0995:
        return dutch.number(share * 100, 1).removesuffix(",0")
    return dutch.number(share * 100)


def _links(quality: DataQuality, feed: Feed) -> None:
    links = [(maat, part) for maat, part in quality.links(feed.name) if part != "uren"]
    if not links:
        return
    parts.html(f"<h3>{escape(texts.get('datakwaliteit.links.title'))}</h3>")
    series = {link: quality.series(feed.name, *link) for link in links}
    titles = {link: quality_sentences.link_title(feed, *link) for link in links}
    # A line that is zero throughout is said in a sentence above.
    drawn = [link for link in links if link[0] == "koppeling" or series[link]["teller"].sum()]
    if drawn:
        parts.html(f'<p class="note">{escape(texts.get("datakwaliteit.links.note"))}</p>')
    else:
        parts.html(f'<p class="note">{escape(" ".join(quality_sentences.links(quality, feed)))}</p>')
    with st.container(key="quality-links"):
        for maat, part in drawn:
            cells, title = series[maat, part], titles[maat, part]
            with st.container(key=f"link-{maat}-{part}"):
                parts.html(f"<h4>{escape(title)}</h4>")
                figure = charts.share(cells, quality.months)
                parts.chart(figure, quality_sentences.share_alternative(cells, title), f"chart-{maat}-{part}")
    _link_table(quality, feed, series, titles)


def _link_table(
    quality: DataQuality, feed: Feed, series: Mapping[tuple[str, str], pl.DataFrame],
    titles: Mapping[tuple[str, str], str],
) -> None:  # fmt: skip
    if ("zonder_tarief", "rijen") in series:
        hours = ("zonder_tarief", "uren")
        series = {**series, hours: quality.series(feed.name, *hours)}
        titles = {**titles, hours: quality_sentences.link_title(feed, *hours)}
    found = {link: {row["maand"]: row for row in cells.iter_rows(named=True)} for link, cells in series.items()}
    rows = []
    for month in quality.months:
        cells = [_share_and_counts(found[link].get(month)) for link in series]
        rows.append([escape(dates.period(month)), *map(escape, cells)])
    caption = texts.say("datakwaliteit.links.caption", feed=quality_sentences.name(feed))
    names = [texts.get("datakwaliteit.column_month"), *(titles[link] for link in series)]
    parts.folded(
        texts.get("datakwaliteit.links.table"), tables.table(caption, names, rows, numeric=range(1, len(names)))
    )


def _share_and_counts(row: Mapping[str, float] | None) -> str:
    if row is None or row["waarde"] is None:
        return ""
    counts = texts.say("datakwaliteit.of", part=dutch.number(row["teller"]), whole=dutch.number(row["noemer"]))
    return f"{quality_sentences.percent(row['waarde'])} ({counts})"


def _how() -> None:
    lines = "".join(f"<li>{escape(line)}</li>" for line in texts.get("datakwaliteit.how"))
    parts.folded(texts.get("datakwaliteit.how_title"), f"<ul>{lines}</ul>")
