"""Sixty invented projects, so that the map has something to show. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass

Where = tuple[str, ...]
"""How the place is found in the drawing: ``green``, ``street``, ``block``, ``locality``,
``sector`` or ``road``, then the name, then what the kind needs."""


@dataclass(frozen=True)
class Project:
    """An invented project."""

    name: str
    theme: str
    where: Where
    millions: int
    """Cost in millions of pesos, made up."""
    status: str
    kind: str = "proyecto"


def _green(name: str) -> Where:
    return ("green", name)


def _street(name: str, sector: str = "") -> Where:
    return ("street", name, sector)


def _block(sector: str, share: str) -> Where:
    return ("block", sector, share)


def _at(locality: str, aside: str = "60") -> Where:
    return ("locality", locality, aside)


def _sector(code: str) -> Where:
    return ("sector", code)


P = Project
PROJECTS: tuple[Project, ...] = (
    P("Mejoramiento Plaza Gabriela Mistral", "green", _green("Plaza Gabriela Mistral"), 186, "terminada"),
    P("Reposición Plaza Manuel Rodríguez", "green", _green("Plaza Manuel Rodríguez"), 214, "en_ejecucion"),
    P("Construcción Plaza Altiplano Norte", "green", _green("Plaza Altiplano"), 168, "en_licitacion"),
    P("Construcción Plaza Los Aromos", "green", _green("Plaza Los Aromos"), 142, "postulada"),
    P("Riego tecnificado Parque Quinta Valle", "green", _green("Parque Quinta Valle"), 96, "financiada"),
    P("Extensión Paseo Ribereño, tramo poniente", "public_space",
      _green("Paseo Ribereño, tramo poniente"), 1_240, "en_evaluacion"),
    P("Parque Ribera Los Paltos", "public_space", _green("Ribera Los Paltos"), 980, "en_formulacion"),
    P("Forestación talud Hermanos Carrera", "green", _green("Talud Hermanos Carrera"), 74, "en_ejecucion"),
    P("Forestación Los Canales", "environment", _green("Forestación Los Canales"), 61, "financiada"),
    P("Mejoramiento Plaza España", "public_space", _green("Plaza España"), 155, "recepcion_provisoria"),
    P("Accesibilidad universal Plaza Hermanos Carrera", "accessibility",
      _green("Plaza Hermanos Carrera"), 58, "terminada"),
    P("Sombreaderos Plaza Villa Vista Alegre", "public_space", _green("Plaza Villa Vista Alegre"), 34, "terminada"),
    P("Iluminación Cancha Vista Alegre", "lighting", _green("Cancha Vista Alegre"), 88, "en_licitacion"),
    P("Reposición carpeta Cancha Hermanos Carrera", "sport", _green("Cancha Hermanos Carrera"), 320, "postulada"),
    P("Ampliación Complejo Deportivo Algarrobo", "sport",
      _green("Complejo Deportivo Algarrobo"), 1_860, "en_formulacion"),
    P("Ciclovía Avenida Costanera", "cycling", _street("Avenida Costanera"), 640, "en_evaluacion"),
    P("Ciclovía Avenida Los Canales", "cycling", _street("Avenida Los Canales"), 890, "en_formulacion"),
    P("Ciclovía Avenida España", "cycling", _street("Avenida España"), 720, "propuesta"),
    P("Repavimentación calle Serrano", "roads", _street("Serrano"), 1_430, "en_licitacion"),
    P("Repavimentación calle Colchagua", "roads", _street("Colchagua"), 386, "en_ejecucion"),
    P("Pavimentación calles Altiplano Norte", "roads", _sector("NB-15"), 1_120, "postulada"),
    P("Pavimentación Camino al Altiplano", "roads", _street("Camino al Altiplano"), 760, "en_formulacion"),
    P("Mejoramiento Subida Baquedano", "roads", _street("Subida Baquedano"), 290, "suspendida"),
    P("Paseo peatonal calle Brasil", "public_space", _street("Brasil"), 1_050, "en_formulacion"),
    P("Veredas Población Baquedano", "accessibility", _sector("NB-12"), 410, "en_ejecucion"),
    P("Veredas Población Rafael Torreblanca", "accessibility", _sector("NB-23"), 365, "financiada"),
    P("Reposición Escalinata Arauco", "accessibility", _street("Escalinata Arauco"), 82, "recepcion_provisoria"),
    P("Reposición Escalinata Los Paltos", "accessibility", _street("Escalinata Los Paltos"), 76, "postulada"),
    P("Luminarias Avenida Mirador", "lighting", _street("Avenida Mirador"), 210, "en_ejecucion"),
    P("Luminarias calle Yungay", "lighting", _street("Yungay"), 195, "financiada"),
    P("Luminarias Villa El Edén", "lighting", _sector("NB-08"), 134, "terminada"),
    P("Cámaras de seguridad Centro", "security", _sector("NB-01"), 176, "en_licitacion"),
    P("Señalización de evacuación terraza norte", "evacuation", _street("Avenida Mirador", "half"), 42, "en_formulacion"),
    P("Señalización de evacuación ribera sur", "evacuation", _street("Los Paltos"), 28, "en_formulacion"),
    P("Refuerzo de ribera sector Chamonate", "civil_protection", _block("NB-04", "0.96"), 540, "en_evaluacion"),
    P("Colector de aguas lluvias Carlos Dittborn", "stormwater", _street("Carlos Dittborn"), 1_680, "en_formulacion"),
    P("Punto limpio Cuatro Palomas", "waste", _block("NB-17", "0.5"), 115, "financiada"),
    P("Contenedores Población Gabriela Mistral", "waste", _sector("NB-09"), 48, "terminada"),
    P("Sede social Villa Los Olivos", "social", _block("NB-18", "0.4"), 162, "en_ejecucion"),
    P("Sede social Población Arturo Prat", "social", _block("NB-19", "0.6"), 158, "postulada"),
    P("Centro comunitario Avenida España", "social", _block("NB-22", "0.3"), 470, "en_evaluacion"),
    P("Casa del adulto mayor Quinta Valle", "social", _block("NB-06", "0.4"), 385, "en_formulacion"),
    P("Jardín infantil Villa Concepción", "preschool", _block("NB-14", "0.5"), 890, "postulada"),
    P("Sala cuna Cuatro Palomas", "preschool", _block("NB-17", "0.3"), 640, "propuesta"),
    P("Conservación Escuela Luis Cruz Martínez", "education", _block("NB-11", "0.7"), 275, "recepcion_provisoria"),
    P("Biblioteca de barrio Hermanos Carrera", "culture", _block("NB-10", "0.35"), 310, "en_formulacion"),
    P("Sala de ensayo Barrio Estación", "culture", _block("NB-03", "0.2"), 120, "desistida"),
    P("Restauración fachadas calle Prat", "heritage", _street("Arturo Prat"), 460, "en_evaluacion"),
    P("Feria libre techada Población 21 de Mayo", "productive", _block("NB-11", "0.4"), 530, "en_formulacion"),
    P("Mejoramiento vivienda Sector O'Higgins", "housing", _sector("NB-07"), 1_320, "en_evaluacion"),
    P("Mejoramiento APR Domeyko", "water", _at("Domeyko", "340"), 620, "en_ejecucion"),
    P("Alcantarillado Cachiyuyo", "sanitation", _at("Cachiyuyo", "190"), 1_540, "en_formulacion"),
    P("Reposición posta Incahuasi", "health", _at("Incahuasi", "90"), 780, "postulada"),
    P("Luminarias solares Quebrada Honda", "lighting", _at("Quebrada Honda"), 39, "terminada"),
    P("APR Imperial Bajo, nuevo estanque", "water", _at("Imperial Bajo", "120"), 265, "financiada"),
    P("Multicancha Chañar Blanco", "sport", _at("Chañar Blanco", "110"), 148, "en_licitacion"),
    P("Paradero y refugio Hacienda Compañía", "transit", _at("Hacienda Compañía", "70"), 22, "terminada"),
    P("Huella Longomilla, conservación", "roads", ("road", "Acceso Longomilla"), 95, "suspendida"),
    P("Camino El Colmo, conservación", "roads", ("road", "Camino a El Colmo"), 180, "en_ejecucion"),
    P("Mirador embalse, sector Camarones", "tourism", _at("Camarones", "150"), 240, "propuesta"),
)  # fmt: skip
