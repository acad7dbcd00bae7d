"""Views of the figures in the log's file, for whoever opens it, as docs/figures.md says.

`services` says which institution each service is of. No view tells a rating of one counter, or of
fewer than five visitors, nor lets it be found by taking the others from the sum of all.
"""

from queue_core.reports import FEWEST_RATINGS

_SHARED = f"""
    sum(tickets) as tickets,
    sum(served) as served,
    sum(cancelled) as cancelled,
    sum(missed) as missed,
    sum(never_called) as never_called,
    sum(unfinished) as unfinished,
    round(sum(wait_seconds) / 60.0 / nullif(sum(called), 0), 1) as mean_wait_minutes,
    round(100.0 * sum(waited_5 + waited_10) / nullif(sum(called), 0), 1) as within_10_percent,
    round(100.0 * sum(called_in_time) / nullif(sum(called_in_time + called_late), 0), 1)
        as in_time_percent,
    round(100.0 * sum(promises_kept) / nullif(sum(promises), 0), 1) as promises_kept_percent,
    round(sum(serving_seconds) / 60.0 / nullif(sum(served), 0), 1) as mean_serving_minutes,
    case when sum(ratings) >= {FEWEST_RATINGS} and ifnull(
            sum(sum(ratings)) over (
                order by sum(ratings) rows between unbounded preceding and 1 preceding
            ), 0
        ) not between 1 and {FEWEST_RATINGS - 1}
        then round(1.0 * sum(rating_sum) / sum(ratings), 1) end as mean_rating
"""

_OF_SERVICES = "left join services using (service)"

VIEWS = {
    "figures_by_day": f"select day, {_SHARED} from visits group by day",  # noqa: S608
    "figures_by_hour": f"select hour, {_SHARED} from visits group by hour",  # noqa: S608
    "figures_by_service": f"select service, {_SHARED} from visits group by service",  # noqa: S608
    "figures_by_institution": (
        f"select institution, {_SHARED} from visits {_OF_SERVICES} "  # noqa: S608 - our own words
        "group by institution"
    ),
    "accounting": (
        "select substr(day, 1, 7) as month, institution, service, channel, sum(count) as count "  # noqa: S608
        f"from work {_OF_SERVICES} group by month, institution, service, channel"
    ),
}
"""Name → what it selects."""
