"""Schools, health posts and other places; rural water; critical points. Names are public."""

from __future__ import annotations

from shapely import STRtree
from shapely.geometry import Point, Polygon

from demonstration.country import km
from demonstration.land import centre
from demonstration.output import NOTE, Feature
from demonstration.sectors import SECTORS
from demonstration.sketch import XY, at, largest

_STATE, _PRIVATE, _HELD = "municipal", "particular", "subvencionado"

_TOWN: tuple[tuple[str, str, XY, str], ...] = (
    # name, kind, position to 100 m, who runs it
    ("Escuela Hermanos Carrera", "escuela", at(6100, 9200), _STATE),
    ("Escuela Luis Cruz Martínez", "escuela", at(7800, 8500), _STATE),
    ("Escuela España", "escuela", at(8900, 8000), _STATE),
    ("Escuela Gabriela Mistral", "escuela", at(7600, 7700), _STATE),
    ("Escuela Andrés Bello", "escuela", at(7500, 7600), _STATE),
    ("Escuela José Caroca Laflor", "escuela", at(7700, 7500), _STATE),
    ("Escuela Gualberto Kong Fernández", "escuela", at(8000, 7400), _STATE),
    ("Escuela Ignacio Carrera Pinto", "escuela", at(8400, 7600), _STATE),
    ("Escuela República de Estados Unidos", "escuela", at(9100, 6900), _STATE),
    ("Escuela Arturo Pérez Canto", "escuela", at(9600, 7300), _STATE),
    ("Escuela Capitán Rafael Torreblanca", "escuela", at(9800, 5900), _STATE),
    ("Escuela Edmundo Quezada Araya", "escuela", at(8000, 6000), _STATE),
    ("Escuela Gregorio Castillo Marín", "escuela", at(8700, 6000), _STATE),
    ("Escuela Especial El Olivillo", "escuela", at(7500, 7900), _HELD),
    ("Liceo Pedro Troncoso Machuca", "liceo", at(8200, 7800), _STATE),
    ("Liceo José Santos Ossa", "liceo", at(8700, 7200), _STATE),
    ("Liceo Bicentenario de Vallenar", "liceo", at(7200, 8200), _STATE),
    ("Liceo Politécnico", "liceo", at(7200, 6400), _HELD),
    ("Liceo San Francisco", "liceo", at(7200, 7900), _HELD),
    ("Liceo Santa Marta", "liceo", at(8300, 7700), _HELD),
    ("Colegio Ambrosio O'Higgins", "liceo", at(8900, 6800), _HELD),
    ("Jardín Infantil Villa Edén", "jardin_infantil", at(6200, 9200), "estado"),
    ("Jardín Infantil Trencito", "jardin_infantil", at(7400, 8200), "estado"),
    ("Jardín Infantil Bambi", "jardin_infantil", at(7500, 8500), "estado"),
    ("Jardín Infantil Los Arbolitos", "jardin_infantil", at(8700, 7700), "estado"),
    ("Jardín Infantil Rafaelito", "jardin_infantil", at(9100, 5900), "estado"),
    ("Sala Cuna Villa Cordillera", "sala_cuna", at(9600, 5600), "estado"),
    ("Universidad de Atacama, sede Vallenar", "educacion_superior", at(7000, 7900), "estado"),
    ("CESFAM Baquedano", "cesfam", at(9400, 7600), _STATE),
    ("CESFAM Joan Crawford", "cesfam", at(8000, 6200), _STATE),
    ("CESFAM Estación", "cesfam", at(7400, 8100), _STATE),
    ("CESFAM Hermanos Carrera", "cesfam", at(7800, 8400), _STATE),
    ("SAPU Baquedano", "sapu", at(9300, 7600), _STATE),
    ("Laboratorio Clínico Vallenar", "laboratorio", at(8000, 7600), _PRIVATE),
    ("Municipalidad de Vallenar", "municipal", at(7800, 7900), _STATE),
    ("Edificio Municipal Nicolás Naranjo", "municipal", at(8400, 7700), _STATE),
    ("Biblioteca Municipal", "biblioteca", at(7900, 7700), _STATE),
    ("Museo del Huasco", "museo", at(8000, 7500), _STATE),
    ("Teatro Municipal", "centro_cultural", at(8000, 7700), _STATE),
    ("Mercado Municipal", "mercado", at(7800, 7700), _STATE),
    ("Estadio Techado Municipal", "complejo_deportivo", at(7800, 7500), _STATE),
    ("3ª Comisaría de Vallenar", "carabineros", at(8000, 7500), "estado"),
    ("Retén Alfredo Rozas Bugueño", "carabineros", at(8900, 7700), "estado"),
    ("1ª Compañía de Bomberos", "bomberos", at(8200, 7700), "comunitaria"),
    ("4ª Compañía de Bomberos", "bomberos", at(7700, 8400), "comunitaria"),
    ("Iglesia San Ambrosio", "culto", at(7800, 7800), _PRIVATE),
    ("Terminal de Buses Municipal", "transporte", at(7300, 8200), _STATE),
    ("Correos de Chile", "servicio_publico", at(7800, 7900), "estado"),
    ("Cementerio de Vallenar", "cementerio", at(8200, 8300), _STATE),
)

_COUNTRY: tuple[tuple[str, str, XY, str, str | None], ...] = (
    ("Hospital Provincial del Huasco", "hospital", at(5700, 7600), "estado", None),
    ("Posta de Salud Rural Hacienda Compañía", "posta", at(4850, 5660), _STATE, "104412"),
    ("Posta de Salud Rural Hacienda Ventanas", "posta", at(-2740, 13640), _STATE, "104408"),
    ("Posta de Salud Rural Domeyko", "posta", km(315.64, 795.58), _STATE, None),
    ("Posta de Salud Rural Cachiyuyo", "posta", km(315.2, 786.5), _STATE, "104410"),
    ("Posta de Salud Rural Incahuasi", "posta", km(304.46, 765.1), _STATE, "104411"),
    ("Escuela Sara Bembow Villegas", "escuela", at(4880, 5560), _STATE, None),
    ("Escuela Sor Teresa de Los Andes", "escuela", at(640, 8960), _STATE, None),
    ("Escuela Ignacio Franco Gallo", "escuela", at(14100, 2260), _STATE, None),
    ("Escuela Justino Leiva Amor", "escuela", at(14120, 480), _STATE, None),
    ("Escuela Roberto Cuadra Alquinta", "escuela", km(315.46, 795.44), _STATE, None),
    ("Escuela Hernán Aravena Contreras", "escuela", km(315.33, 786.4), _STATE, None),
    ("Escuela Yerbas Buenas", "escuela", km(304.62, 765.2), _STATE, None),
    ("Retén Domeyko", "carabineros", km(315.42, 795.6), "estado", None),
    ("Cancha Domeyko", "cancha", km(315.95, 795.42), _STATE, None),
    ("Cancha Cachiyuyo", "cancha", km(315.56, 786.5), _STATE, None),
)

_HALLS = ("NB-04", "NB-07", "NB-08", "NB-09", "NB-10", "NB-12", "NB-13", "NB-15", "NB-17", "NB-20",
          "NB-22", "NB-23")  # fmt: skip


def facilities(blocks: list[tuple[str, Polygon]]) -> tuple[list[Feature], list[Polygon]]:
    """The places, and the blocks that they fill so that nobody lives there.

    Parameters
    ----------
    blocks
        Sector code and shape of every block, before people settle.
    """
    tree = STRtree([shape for _, shape in blocks])
    used: dict[int, int] = {}
    filled: list[Polygon] = []
    rows: list[tuple[str, str, Point, str, str | None, str]] = []

    def on_block(spot: XY) -> tuple[int, Point]:
        index = int(tree.nearest(Point(spot)))
        shape = blocks[index][1]
        turn = used.get(index, 0)
        used[index] = turn + 1
        a, b, c, *_ = largest(shape.minimum_rotated_rectangle).exterior.coords
        aside = (0.0, 0.26, -0.26, 0.4)[turn % 4]
        long = (a, b) if Point(a).distance(Point(b)) > Point(b).distance(Point(c)) else (b, c)
        x = shape.centroid.x + (long[1][0] - long[0][0]) * aside
        y = shape.centroid.y + (long[1][1] - long[0][1]) * aside
        return index, Point(round(x, 1), round(y, 1))

    near = "Posición aproximada, llevada a la manzana dibujada más cercana. "
    for name, kind, spot, run in _TOWN:
        index, point = on_block(spot)
        if kind in ("liceo", "cementerio") or name == "Escuela España":
            filled.append(blocks[index][1])
        rows.append((name, kind, point, run, None, near))
    for code in _HALLS:
        sector = next(s for s in SECTORS if s.code == code)
        mine = [shape for c, shape in blocks if c == code]
        _, point = on_block(mine[len(mine) // 3].centroid.coords[0])
        rows.append((f"Sede social {sector.name} (inventada)", "sede_social", point, "comunitaria",
                     None, ""))  # fmt: skip
    for name, kind, spot, run, official in _COUNTRY:
        rows.append((name, kind, Point(spot), run, official, "Posición aproximada. "))
    made = [
        Feature(
            f"EQ-{i:03d}",
            point,
            {
                "name": name,
                "kind": kind,
                "official_code": official,
                "administration": run,
                "accessible": "unknown",
                "operation": "vigente",
                "horizontal_accuracy_m": 150,
                "notes": said + NOTE,
            },
        )
        for i, (name, kind, point, run, official, said) in enumerate(rows, 1)
    ]
    return made, filled


_WATER: tuple[tuple[str, XY, int, str], ...] = (
    ("Incahuasi", km(304.7, 765.3), 118, "operativo"),
    ("Cachiyuyo", km(315.0, 786.2), 126, "operativo"),
    ("Domeyko", km(315.9, 795.8), 372, "operativo"),
    ("Camarones", km(337.6, 828.2), 34, "operativo"),
    ("Chañar Blanco", km(334.4, 830.3), 84, "operativo"),
    ("Imperial Alto", km(332.8, 833.8), 190, "operativo"),
    ("Hacienda Compañía", km(324.9, 835.9), 240, "operativo"),
    ("Hacienda Buena Esperanza", km(320.7, 838.8), 122, "operativo"),
    ("Perales Viejos", km(322.9, 839.2), 96, "operativo"),
)


def rural_water_systems() -> list[Feature]:
    """The rural water systems: that they exist is public, connections are made up."""
    return [
        Feature(
            f"APR-{i:02d}",
            Point(spot),
            {
                "name": f"APR {name}",
                "locality": name,
                "operator": f"Comité de agua potable rural {name} (inventado)",
                "connections": connections,
                "state": state,
                "horizontal_accuracy_m": 200,
                "notes": "Arranques y estado inventados. " + NOTE,
            },
        )
        for i, (name, spot, connections, state) in enumerate(_WATER, 1)
    ]


_CRITICAL: tuple[tuple[str, XY, str, str, str, str], ...] = (
    ("Puente Brasil", centre(305, -640), "desborde", "alto", "Limpiar y encauzar", "sectorial"),
    ("Paseo Ribereño", centre(980, -640), "desborde", "medio", "Vigilar el nivel", "comunal"),
    ("Chamonate", centre(-1300, -430), "desborde", "medio", "Reforzar la ribera", "sectorial"),
    (
        "Quebrada El Jilguero",
        at(11075, 6215),
        "deslizamiento",
        "alto",
        "Obras de contención",
        "sectorial",
    ),
    ("Imperial", at(12560, 3980), "deslizamiento", "medio", "Limpiar el atravieso", "comunal"),
    ("Canal Buena Esperanza", at(8560, 6215), "desborde", "bajo", "Limpiar el canal", "otro"),
    (
        "José Joaquín Vallejos con Prat",
        centre(-183, -61),
        "anegamiento",
        "bajo",
        "Limpiar sumideros",
        "comunal",
    ),
    (
        "Carlos Dittborn con subida El Edén",
        centre(-2200, 310),
        "anegamiento",
        "medio",
        "Mejorar sumideros",
        "comunal",
    ),
    ("Paso bajo Ruta 5", at(5560, 9590), "anegamiento", "medio", "Instalar bombeo", "sectorial"),
    (
        "Quebrada Valparaíso",
        at(5150, 10180),
        "deslizamiento",
        "medio",
        "Despejar el cauce",
        "comunal",
    ),
)


def critical_points() -> list[Feature]:
    """Where rain makes trouble; causes, levels and actions are made up."""
    return [
        Feature(
            f"PC-{i:02d}",
            Point(round(spot[0], 1), round(spot[1], 1)),
            {
                "name": name,
                "cause": cause,
                "level": level,
                "action": f"{action} (ejemplo)",
                "solved_by": who,
                "period": "2025-2026",
                "notes": NOTE,
            },
        )
        for i, (name, spot, cause, level, action, who) in enumerate(_CRITICAL, 1)
    ]
