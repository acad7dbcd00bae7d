"""What a centre offers at a moment, as kiosks are told, or tell themselves when cut off. Pure."""

from datetime import datetime

from messaging.messages import CatalogueState, InstitutionView, ServiceView, SituationView
from queue_core.centre import Centre, Institution


def catalogue(
    centre: Centre, now: datetime, sequence: int = 0, computer_service: str = ""
) -> CatalogueState:
    """The catalogue at the aware moment `now`."""
    return CatalogueState(
        sequence=sequence,
        at=now,
        name=dict(centre.name),
        timezone=str(centre.timezone),
        languages=centre.languages,
        institutions=tuple(_institution(centre, i, now) for i in centre.institutions.values()),
        situations=tuple(
            SituationView(id=each.id, name=dict(each.name), services=each.services)
            for each in centre.situations
        ),
        computer_service=computer_service,
        waiting_place=dict(centre.waiting_place),
    )


def _institution(centre: Centre, institution: Institution, now: datetime) -> InstitutionView:
    local = centre.local(now)
    is_open = institution.hours.open_at(local)
    return InstitutionView(
        id=institution.id,
        name=dict(institution.name),
        hint=dict(institution.hint),
        open=is_open,
        opens_at=None if is_open else institution.hours.next_opening(local),
        services=tuple(
            ServiceView(
                id=each.id,
                name=dict(each.name),
                walk_in=each.walk_in,
                e_service=each.e_service,
                address=each.address,
            )
            for each in centre.services.values()
            if each.institution == institution.id
        ),
    )
