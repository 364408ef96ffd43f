"""What tours: touring sets with their stops and daily logs, caravans with their trips and stops."""

from kexie.contexts.touring.models.caravan import Caravan, CaravanStop, CaravanTrip
from kexie.contexts.touring.models.tour import TourDailyLog, TouringSet, TourStop

__all__ = ["Caravan", "CaravanStop", "CaravanTrip", "TourDailyLog", "TourStop", "TouringSet"]
