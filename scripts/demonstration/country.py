"""The country around the town: commune, localities, roads, waters. All by hand, generalised."""

from __future__ import annotations

import math
import random
from itertools import pairwise

from shapely.geometry import LineString, Polygon

from demonstration.land import CANAL_NORTH, FOOT_SOUTH, RIVER
from demonstration.output import Feature
from demonstration.sketch import XY, at, beside, between, blob, largest, ribbon, smooth
from demonstration.town import MOTORWAY, Way, altiplano


def km(e: float, n: float) -> XY:
    """A point written in kilometres of the storage CRS, northing short of 6,000 km."""
    return (e * 1000.0, (6000.0 + n) * 1000.0)


_OUTLINE = [
    (328.6, 901.0), (334.8, 898.2), (343.2, 894.9), (350.2, 891.0), (356.4, 886.6), (361.2, 884.3),
    (367.6, 886.4), (374.4, 888.2), (379.4, 885.6), (381.8, 882.2), (387.4, 884.4), (394.0, 886.6),
    (393.2, 879.4), (396.6, 874.4), (399.2, 869.4), (396.9, 863.2), (398.4, 856.4), (400.0, 850.8),
    (401.2, 845.4), (398.9, 840.8), (400.4, 836.6), (395.4, 831.9), (390.6, 838.0), (384.6, 836.8),
    (379.8, 830.6), (375.4, 826.0), (371.2, 823.7), (368.8, 828.4), (364.2, 832.0), (359.6, 829.4),
    (353.2, 834.0), (347.4, 831.2), (345.6, 827.4), (346.4, 822.8), (349.4, 815.0), (346.4, 807.0),
    (352.6, 801.8), (353.4, 793.4), (350.6, 785.0), (340.2, 786.4), (332.4, 784.2), (331.2, 779.6),
    (324.0, 775.9), (314.8, 776.2), (308.6, 771.2), (306.8, 762.0), (303.8, 753.4), (297.2, 750.7),
    (296.2, 756.8), (288.2, 759.2), (286.6, 768.8), (294.2, 771.8), (299.4, 769.6), (305.2, 777.0),
    (302.2, 786.8), (299.6, 795.0), (298.4, 803.2), (302.8, 811.4), (306.6, 816.6), (305.4, 820.1),
    (297.8, 819.9), (296.4, 827.4), (303.0, 830.1), (308.2, 828.2), (310.8, 834.4), (312.2, 841.4),
    (313.4, 845.8), (318.2, 853.2), (321.8, 859.2), (322.6, 865.4), (326.3, 864.6), (326.2, 880.2),
    (326.5, 893.2),
]  # fmt: skip


def rugged(
    points: list[XY], rng: random.Random, share: float = 0.09, least: float = 900
) -> list[XY]:
    """The line broken as ridges and ravines break it: midpoints moved aside, again and again."""
    done = [points[0]]
    for a, b in pairwise(points):
        done += _broken(a, b, rng, share, least)
    return done


def _broken(a: XY, b: XY, rng: random.Random, share: float, least: float) -> list[XY]:
    length = math.hypot(b[0] - a[0], b[1] - a[1])
    if length < least:
        return [b]
    aside = rng.uniform(-share, share) * length
    middle = (
        (a[0] + b[0]) / 2 - (b[1] - a[1]) / length * aside,
        (a[1] + b[1]) / 2 + (b[0] - a[0]) / length * aside,
    )
    return _broken(a, middle, rng, share, least) + _broken(middle, b, rng, share, least)


def outline() -> Polygon:
    """The commune, drawn freely about where it lies."""
    points = [km(e, n) for e, n in _OUTLINE]
    return Polygon(rugged([*points, points[0]], random.Random(7), 0.07, 1_400)).buffer(0)


COMMUNE = outline()

RUTA_5 = smooth(
    [km(344.6, 897.5), km(341.4, 891.2), km(338.4, 885.2), km(335.2, 877.4), km(333.4, 869.2)]
    + list(MOTORWAY.coords)
    + [km(*p) for p in [(326.9, 819.4), (325.5, 813.4), (322.8, 807.2), (319.1, 800.8),
                        (315.0, 795.4), (314.2, 791.0), (314.8, 786.8), (314.6, 782.2),
                        (312.4, 777.5), (308.6, 773.8), (305.5, 769.3), (304.2, 765.0),
                        (303.1, 759.0), (302.5, 753.0), (302.2, 749.5)]],
    step=150, tolerance=0.8,
)  # fmt: skip


def _road(*points: XY) -> LineString:
    return smooth([at(x, y) for x, y in points], step=60, tolerance=1.0)


def _access(name: str, *points: XY) -> Way:
    return Way(_road(*points), name, "unclassified", surface="tierra", speed=40)


def _gravel(name: str, line: LineString) -> Way:
    return Way(line, name, "tertiary", surface="ripio", speed=60)


def country_ways() -> list[Way]:
    """Roads outside the town, each from a road already drawn."""
    huasco = _road(
        (2700, 8650), (1500, 8950), (400, 8830), (-1000, 9300), (-2600, 9950), (-4500, 10620),
        (-6200, 11250), (-8000, 11850), (-9800, 12700),
    )  # fmt: skip
    carmen = _road(
        (14500, 1900), (14930, 1000), (15600, 200), (16300, -650), (17200, -1350), (18200, -1850),
        (18950, -2250), (19600, -2150), (21000, -2350), (22600, -2750), (24300, -3150),
        (26500, -3500),
    )  # fmt: skip
    ventanas = _road(
        (5760, 9440), (5330, 9720), (4300, 10560), (3000, 11500), (1800, 12600), (-400, 13150),
        (-2800, 13700),
    )  # fmt: skip
    imperial = _road(
        (10050, 4580), (10700, 4200), (11500, 3580), (12300, 3200), (12750, 2200), (13500, 1050),
        (14200, 400),
    )  # fmt: skip
    algarrobal = [altiplano(300, 210), at(11500, 10600), km(334.5, 845.2), km(340.5, 849.8),
                  km(345.0, 856.4), km(346.4, 864.0)]  # fmt: skip
    cunas = [km(346.4, 864.0), km(356.0, 861.2), km(366.5, 858.6), km(376.0, 858.9)]
    return [
        Way(huasco, "Camino a Huasco", "primary", "C-46", speed=80),
        Way(carmen, "Camino a Alto del Carmen", "primary", "C-485", speed=80),
        _gravel("Camino a Ventanas", ventanas),
        _gravel("Camino a La Compañía", _road((5950, 6055), (5300, 5850), (4800, 5600))),
        _gravel("Camino a La Compañía", _road((4800, 5600), (4560, 6500), (4700, 7620))),
        _gravel("Camino a Imperial Bajo", imperial),
        _gravel("Camino a Algarrobal", smooth(algarrobal, 200, 1.5)),
        Way(smooth(cunas, 200, 1.5), "Camino a Las Cuñas", "track", surface="tierra", speed=40),
        _access("Acceso Perales Viejos", (2700, 8650), (2760, 8980), (2800, 9300)),
        _access("Acceso San Antonio", (3700, 7950), (3600, 8180), (3500, 8400)),
        _access("Acceso Buena Esperanza", (400, 8830), (470, 8920), (520, 9020)),
        _access("Camino a El Colmo", (-1000, 9300), (-1900, 8500), (-3000, 8000)),
        _access("Acceso Longomilla", (-6200, 11250), (-6080, 11520), (-6000, 11800)),
        _access("Acceso El Jilguero", (11000, 6150), (10800, 6180), (10600, 6300)),
        _access("Acceso Las Porotas", (13900, 2750), (14080, 2420), (14200, 2100)),
        _access("Acceso La Posada", (14930, 1000), (14760, 880), (14600, 800)),
        _access("Acceso La Verbena", (16300, -650), (16180, -880), (16000, -1100)),
        _access("Acceso Camarones", (17200, -1350), (17330, -1600), (17400, -1900)),
        _access("Acceso Imperial Alto", (13050, 3700), (12830, 3830), (12600, 4000)),
    ]


RESERVOIR_AXIS = smooth([at(x, y) for x, y in [
    (18990, -2835), (19650, -3150), (20500, -3230), (21400, -3520), (22350, -3650), (23200, -3960),
    (24100, -4020),
]])  # fmt: skip


def reservoir() -> Polygon:
    """The lake behind the dam."""
    length = RESERVOIR_AXIS.length

    def half(s: float) -> float:
        swell = math.pow(math.sin(math.pi * min(1, s / length)), 0.8)
        return 110 + 210 * swell * (1 + 0.25 * math.sin(s / 310))

    return ribbon(RESERVOIR_AXIS, half, lambda s: half(s + 400) * 0.9)


def waterways() -> list[Feature]:
    """River, canals and ravines."""
    rng = random.Random(11)
    made: list[tuple[str | None, str, LineString, bool, float]] = [
        ("Río Huasco", "river", RIVER, False, 24.0),
        ("Río Huasco", "river", smooth([at(26800, -4900), at(25600, -4400), at(24100, -4020)]),
         False, 16.0),
        ("Canal Marañón", "canal", CANAL_NORTH.reverse(), False, 2.5),
        ("Canal Buena Esperanza", "canal",
         between(beside(FOOT_SOUTH, -8), at(11300, 4100), at(800, 7500)), False, 2.5),
        ("Canal Ventanas", "canal", smooth([at(x, y) for x, y in [
            (3150, 9560), (2300, 10100), (900, 10700), (-600, 11700), (-1900, 12900),
            (-2700, 13500)]]), False, 2.0),
    ]  # fmt: skip
    for name, points in _RAVINES:
        made.append((name, "stream", LineString(rugged(points, rng, 0.08, 450)), True, 4.0))
    features = []
    for i, (name, kind, line, dry, width) in enumerate(made, 1):
        inside = line.intersection(COMMUNE)
        features.append(
            Feature(
                f"CA-{i:02d}",
                inside,
                {"name": name, "class": kind, "intermittent": dry, "width_m": width},
            )
        )
    return features


_RAVINES: list[tuple[str | None, list[XY]]] = [
    ("Quebrada Valparaíso", [at(8200, 16200), at(6900, 13600), at(6050, 11800), at(5350, 10600),
                             at(4850, 9700), at(4450, 8850)]),
    ("Quebrada El Jilguero", [at(17600, 10200), at(15200, 8900), at(13100, 7600), at(11700, 6750),
                              at(11045, 6190), at(10900, 5490)]),
    ("Quebrada Honda", [at(5200, 19500), at(3900, 16400), at(2700, 13600), at(1900, 11400),
                        at(1500, 9690)]),
    ("Quebrada Romero", [at(9900, -4200), at(9600, -800), at(9200, 2100), at(9900, 3400),
                         at(11150, 3900), at(11900, 4350)]),
    ("Quebrada Las Porotas", [at(19500, 5200), at(17200, 3600), at(15200, 2300), at(13650, 1830)]),
    ("Quebrada Algarrobal", [km(362.0, 872.0), km(352.4, 866.0), km(345.5, 862.5), km(338.0, 860.2),
                             km(331.0, 858.4), km(324.5, 861.5)]),
    ("Quebrada Las Cuñas", [km(388.5, 861.0), km(379.0, 855.2), km(369.2, 851.8), km(360.4, 852.6),
                            km(352.4, 866.0)]),
    ("Quebrada Carrizalillo", [km(372.5, 880.5), km(360.0, 877.8), km(348.6, 879.4),
                               km(337.2, 882.0), km(326.8, 879.6)]),
    ("Quebrada Domeyko", [km(336.0, 802.4), km(327.4, 799.2), km(319.0, 796.6), km(309.6, 795.0),
                          km(300.4, 797.4)]),
    ("Quebrada Cachiyuyo", [km(334.0, 789.0), km(325.2, 787.9), km(316.6, 787.4), km(309.0, 788.6),
                            km(302.2, 787.2)]),
    ("Quebrada Incahuasi", [km(305.9, 769.0), km(303.9, 766.4), km(300.6, 763.2), km(296.8, 760.8),
                            km(289.4, 761.2)]),
    ("Quebrada El Zapallo", [km(331.2, 818.4), km(324.4, 820.2), km(317.8, 821.8),
                             km(309.2, 826.4)]),
    (None, [km(398.0, 846.0), km(388.0, 847.5), km(379.0, 855.2)]),
    (None, [km(394.0, 872.0), km(384.0, 868.5), km(376.0, 861.5), km(369.2, 851.8)]),
    (None, [km(383.0, 876.0), km(372.0, 870.5), km(362.0, 872.0)]),
    (None, [km(352.0, 889.0), km(343.0, 885.5), km(333.0, 888.2), km(326.9, 890.6)]),
    (None, [km(358.0, 836.5), km(352.0, 840.8), km(347.0, 846.6), km(345.5, 862.5)]),
    (None, [km(338.5, 855.0), km(331.5, 850.6), km(325.0, 848.4), km(318.6, 851.0)]),
    (None, [km(344.5, 812.0), km(336.5, 813.6), km(329.6, 811.0), km(319.0, 811.8),
            km(306.2, 813.8)]),
    (None, [km(349.0, 796.0), km(342.0, 799.6), km(336.0, 802.4)]),
    (None, [km(327.5, 779.8), km(320.5, 780.6), km(311.4, 781.0), km(304.6, 779.4)]),
]  # fmt: skip


RIVER_BED = ribbon(
    RIVER,
    lambda s: 11 + 4 * math.sin(s / 330) + 2 * math.sin(s / 97),
    lambda s: 11 + 4 * math.sin(s / 270 + 2) + 2 * math.sin(s / 83),
    rounding=0,
)
"""The river's water, some 24 m wide."""

_PONDS = (
    ("Tranque La Compañía", at(4300, 5050), 95, 60, 20),
    ("Tranque Buena Esperanza", at(-200, 8350), 80, 55, -10),
    ("Tranque Ventanas", at(-3400, 13150), 70, 45, 35),
    ("Tranque Imperial", at(12950, 4450), 55, 40, 60),
)


def water_bodies() -> list[Feature]:
    """The river's bed, the reservoir, ponds."""
    drawn = [
        ("Río Huasco", "river", RIVER_BED.intersection(COMMUNE)),
        ("Embalse Santa Juana", "reservoir", reservoir()),
    ]
    for i, (name, centre, a, b, angle) in enumerate(_PONDS):
        drawn.append((name, "reservoir", blob(centre, a, b, angle, float(i), 0.12)))
    return [
        Feature(f"CU-{i:02d}", largest(shape), {"name": name, "class": kind})
        for i, (name, kind, shape) in enumerate(drawn, 1)
    ]
