"""What a centre offers at a moment, as kiosks are told, or tell themselves when cut off. Pure."""

from datetime import datetime

from messaging.messages import CatalogueState, InstitutionView, ServiceView, SituationView
from queue_core.centre import Centre, Hours, Institution
from queue_core.last_ticket import given_out, opens_another_day
from queue_core.model import State

NOTHING_KNOWN = State()
"""Of the queue: what a kiosk that is cut off has."""


def catalogue(
    centre: Centre, now: datetime, state: State = NOTHING_KNOWN, computer_service: str = ""
) -> CatalogueState:
    """The catalogue at the aware moment `now`."""
    ended = given_out(centre, state, now)
    return CatalogueState(
        sequence=state.sequence,
        at=now,
        name=dict(centre.name),
        timezone=str(centre.timezone),
        languages=centre.languages,
        institutions=tuple(
            _institution(centre, i, now, i.id in ended) for i in centre.institutions.values()
        ),
        situations=tuple(
            SituationView(id=each.id, name=dict(each.name), services=offered)
            for each in centre.situations
            if (offered := tuple(s for s in each.services if centre.services[s].offered))
        ),
        computer_service=computer_service,
        waiting_place=dict(centre.waiting_place),
        tickets_end=state.tickets_end,
    )


def _institution(
    centre: Centre, institution: Institution, now: datetime, ended: bool
) -> InstitutionView:
    local = centre.local(now)
    is_open = institution.hours.open_at(local) and not ended
    later = opens_another_day if ended else Hours.next_opening
    return InstitutionView(
        id=institution.id,
        name=dict(institution.name),
        hint=dict(institution.hint),
        open=is_open,
        opens_at=None if is_open else later(institution.hours, local),
        given_out=ended,
        services=tuple(
            ServiceView(
                id=each.id,
                name=dict(each.name),
                walk_in=each.walk_in,
                e_service=each.e_service,
                address=each.address,
            )
            for each in centre.services.values()
            if each.institution == institution.id and each.offered
        ),
    )
