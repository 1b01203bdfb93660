"""The neighbourhoods: what fills the faces between the main streets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demonstration.land import PLAZA, centre
from demonstration.sketch import XY, Frame, at
from demonstration.town import altiplano, east, soto, south

Names = Mapping[int, str] | tuple[str, ...]
"""Street names: by their offset in the frame, or in order from the lowest."""


@dataclass(frozen=True)
class Sector:
    """A neighbourhood and the grid of streets in it."""

    code: str
    name: str
    kind: str
    seeds: tuple[XY, ...]
    """A point in each face of the main streets that belongs to it."""
    frame: Frame
    spacing: XY
    """Metres between cross streets (steps along u) and between long streets (steps along v)."""
    phase: XY
    """Where in the frame one cross street and one long street lie."""
    density: float
    """Dwellings in a hectare of block, made up."""
    across: Names = ()
    along: Names = ()
    consolidation: str = "consolidado"


_ALONG = {-305: "Faez", 61: "Merced", 183: "Marañón", -427: "Sargento Aldea", -549: "Pablo Neruda"}
_ACROSS = {
    -915: "Carrizal", -793: "Huasco", -671: "Caldera", -549: "Copiapó", -305: "Atacama",
    -183: "Vallejos", -61: "Aconcagua", 61: "Colo Colo", 183: "Santiago", 427: "Colchagua",
    549: "Alonso de Ercilla", 671: "Juan Verdaguer", 915: "Ñuble", 1037: "Concepción",
    1159: "Cautín", 1281: "Valdivia",
}  # fmt: skip
_TREES = ("Los Aromos", "Los Pimientos", "Los Algarrobos", "Los Chañares", "Los Olivos",
          "Los Espinos", "Los Naranjos", "Los Damascos", "Las Higueras", "Los Granados",
          "Los Perales", "Los Sauces", "Las Parras", "Los Nogales")  # fmt: skip
_SPAIN = ("Toledo", "Granada", "Valencia", "Zaragoza", "Salamanca", "Córdoba", "Málaga",
          "Burgos", "Cádiz", "Bilbao", "Segovia", "Vigo")  # fmt: skip
_BATTLES = ("Chacabuco", "Maipú", "Rancagua", "Yerbas Buenas", "El Roble", "Membrillar",
            "Cancha Rayada", "Tarapacá", "Pisagua", "Concepción", "La Esmeralda")  # fmt: skip
_POETS = ("Desolación", "Ternura", "Tala", "Lagar", "Elqui", "Montegrande", "Recados",
          "Los Piececitos")  # fmt: skip
_FLOWERS = ("La Añañuca", "El Suspiro", "Pata de Guanaco", "La Malvilla", "El Huilli",
            "El Azulillo", "El Cartucho", "La Garra de León", "El Terciopelo", "La Alstroemeria",
            "El Lirio del Campo", "La Corona de Fraile")  # fmt: skip
_PEAKS = ("Ojos del Salado", "Tres Cruces", "El Toro", "Los Cuartitos", "Cantaritos", "Tupungato",
          "Copiapó", "Pissis", "Incahuasi", "El Potro")  # fmt: skip
_HEROES = ("Ignacio Serrano", "Juan José Latorre", "Carlos Condell", "Luis Cruz Martínez",
           "Patricio Lynch", "Luis Uribe", "Ernesto Riquelme", "Policarpo Toro",
           "Eleuterio Ramírez", "Manuel Baquedano", "Pedro Lagos", "José Velásquez",
           "Emilio Sotomayor")  # fmt: skip
_RIVERS = ("Copiapó", "Elqui", "Limarí", "Choapa", "Aconcagua", "Maipo", "Mapocho", "Rapel",
           "Mataquito", "Maule", "Itata", "Biobío")  # fmt: skip
_PEOPLE = ("José Joaquín Vallejo", "Pedro León Gallo", "Ramón Freire", "Manuel Montt",
           "José Manuel Balmaceda", "Diego Portales", "Camilo Henríquez", "Juan Godoy",
           "Candelaria Goyenechea", "Ignacio Domeyko", "Bernardo O'Higgins")  # fmt: skip


def _turn(angle: float, origin: XY = PLAZA) -> Frame:
    return Frame(origin, angle)


def _c(u: float, v: float) -> XY:
    return centre(u, v)


SECTORS: tuple[Sector, ...] = (
    Sector("NB-01", "Centro", "barrio", (_c(240, 120), _c(500, 120), _c(240, -120), _c(500, -120)),
           centre, (122, 122), (61, 61), 34, _ACROSS, _ALONG, "renovacion"),
    Sector("NB-02", "La Turbina", "sector", (_c(0, -300), _c(500, -300)), centre, (122, 122),
           (61, 61), 40, _ACROSS, _ALONG),
    Sector("NB-03", "Barrio Estación", "barrio", (_c(-700, 120), _c(-700, -120), _c(-700, -250)),
           centre, (122, 122), (61, 61), 36, _ACROSS, _ALONG, "renovacion"),
    Sector("NB-04", "Chamonate", "sector", (_c(-1300, 0),), centre, (174, 84), (-1037, -61), 26,
           _TREES[:6], _TREES[6:], "en_consolidacion"),
    Sector("NB-05", "Población Sargento Aldea", "poblacion",
           (_c(1100, 100), _c(1100, -120), _c(1100, -300)), centre, (122, 122), (61, 61), 40,
           _ACROSS, _ALONG),
    Sector("NB-06", "Quinta Valle", "sector", (_c(1700, 60), _c(1700, -250)), _turn(-28), (128, 84),
           (1475, -10), 40, _HEROES, _PEOPLE),
    Sector("NB-07", "Sector O'Higgins", "sector", (_c(2400, 60), _c(2300, -130)), _turn(-24),
           (122, 76), (2070, 10), 42, _PEOPLE,
           ("Chillán Viejo", "El Roble", "Rancagua", "Lircay")),
    Sector("NB-08", "Villa El Edén", "villa", (_c(-2100, 560),), _turn(-29), (80, 128),
           (-2036, 480), 44, _FLOWERS[:9], _TREES, "en_consolidacion"),
    Sector("NB-09", "Población Gabriela Mistral", "poblacion", (_c(-1500, 560),), _turn(-27.5),
           (140, 74), (-1240, 480), 46, _POETS, _RIVERS),
    Sector("NB-10", "Población Hermanos Carrera", "poblacion", (_c(-500, 620),), _turn(-27),
           (126, 84), (-377, 452), 48, _BATTLES, _HEROES),
    Sector("NB-11", "Población 21 de Mayo", "poblacion", (_c(200, 620),), _turn(-30), (116, 100),
           (95, 500), 40, _HEROES[3:], _BATTLES),
    Sector("NB-12", "Población Baquedano", "poblacion", (_c(800, 700),), _turn(-32), (124, 84),
           (800, 740), 48, _HEROES[5:] + _BATTLES, _BATTLES[2:]),
    Sector("NB-13", "Población Manuel Rodríguez", "poblacion", (_c(1450, 650),), _turn(-38),
           (128, 80), (1350, 620), 46, _BATTLES, _RIVERS),
    Sector("NB-14", "Villa Concepción", "villa", (_c(1950, 420),), _turn(-45), (118, 78),
           (1900, 300), 44, _RIVERS, _FLOWERS),
    Sector("NB-15", "Altiplano Norte", "sector", (altiplano(0, 0),), altiplano, (120, 84),
           (0, 0), 30, _PEAKS, _RIVERS, "emergente"),
    Sector("NB-16", "Llanos de Soto", "sector", (soto(0, 0),), soto, (130, 88), (0, 46), 18,
           _TREES[4:], _FLOWERS, "en_consolidacion"),
    Sector("NB-17", "Cuatro Palomas", "sector", (at(6080, 6300),), _turn(-4, at(6200, 6300)),
           (128, 74), (0, 0), 30, _TREES, _FLOWERS, "emergente"),
    Sector("NB-18", "Villa Los Olivos", "villa", (at(6640, 6250),), _turn(-8, at(6700, 6300)),
           (76, 124), (10, 20), 44, _TREES[2:], _PEAKS, "en_consolidacion"),
    Sector("NB-19", "Población Arturo Prat", "poblacion", (at(7130, 6200),), south, (126, 78),
           (-660, 190), 46, _HEROES[1:], _BATTLES),
    Sector("NB-20", "Villa Vista Alegre", "villa", (at(7780, 6080),), south, (124, 78), (-60, 200),
           48, _FLOWERS, _RIVERS),
    Sector("NB-21", "Los Paltos", "sector", (at(7900, 6540),), south, (150, 120), (100, 430), 22,
           _TREES[3:], _TREES[8:], "en_consolidacion"),
    Sector("NB-22", "Avenida España", "poblacion", (at(8850, 5900),), _turn(-18, at(8900, 5850)),
           (124, 80), (0, 0), 46, _SPAIN, _SPAIN[6:]),
    Sector("NB-23", "Población Rafael Torreblanca", "poblacion", (east(140, 130),), east, (120, 76),
           (140, 86), 46, _BATTLES, _HEROES),
    Sector("NB-24", "Villa Cordillera", "villa", (east(140, -130),), east, (120, 76), (140, -50),
           46, _PEAKS, _PEAKS[4:]),
    Sector("NB-25", "Villa Los Aromos", "villa", (at(7650, 5640),), south, (80, 108), (-75, -460),
           42, _FLOWERS[3:], _TREES, "en_consolidacion"),
)  # fmt: skip
