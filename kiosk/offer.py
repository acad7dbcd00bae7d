"""What the catalogue offers to a visitor without an appointment, looked up. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from messaging.messages import CatalogueState, InstitutionView, ServiceView, SituationView


@dataclass(frozen=True, slots=True)
class Offered:
    """A service and whose it is. `computer`: it can be had at the public computer too, where
    somebody helps now."""

    service: ServiceView
    institution: InstitutionView
    computer: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A catalogue; before it has come nothing is offered. `helper`: the service of help at the
    public computer, whether or not there is somebody now."""

    catalogue: CatalogueState | None
    helper: str

    @property
    def institutions(self) -> tuple[InstitutionView, ...]:
        """Those to choose from. Where there is only help at the computer is not among them: that
        is offered beside the services that can be had there."""
        every = self.catalogue.institutions if self.catalogue else ()
        return tuple(each for each in every if not self._is_computer(each))

    @property
    def situations(self) -> tuple[SituationView, ...]:
        """What may have happened in a visitor's life, where a service can be had for it."""
        every = self.catalogue.situations if self.catalogue else ()
        return tuple(each for each in every if self.services_for(each))

    @property
    def computer_service(self) -> str:
        """The service of help at the public computer while somebody is there; otherwise empty."""
        return self.catalogue.computer_service if self.catalogue else ""

    def institution(self, identifier: str) -> InstitutionView | None:
        """The one with this id."""
        return next((each for each in self.institutions if each.id == identifier), None)

    def situation(self, identifier: str) -> SituationView | None:
        """The one with this id."""
        return next((each for each in self.situations if each.id == identifier), None)

    def service(self, identifier: str) -> Offered | None:
        """The one with this id, if it is to be had without an appointment."""
        for service, place in self._walk_in():
            if service.id == identifier:
                computer = service.e_service and self.computer_service not in {"", service.id}
                return Offered(service, place, computer)
        return None

    def services_of(self, institution: InstitutionView) -> tuple[ServiceView, ...]:
        """Those to choose from at the institution."""
        return tuple(service for service, place in self._walk_in() if place.id == institution.id)

    def services_for(self, situation: SituationView) -> tuple[Offered, ...]:
        """In the order in which the situation names them."""
        found = (self.service(each) for each in situation.services)
        return tuple(each for each in found if each)

    def _walk_in(self) -> Iterator[tuple[ServiceView, InstitutionView]]:
        for place in self.catalogue.institutions if self.catalogue else ():
            yield from ((each, place) for each in place.services if each.walk_in)

    def _is_computer(self, institution: InstitutionView) -> bool:
        return [each.id for each in institution.services] == [self.helper]
