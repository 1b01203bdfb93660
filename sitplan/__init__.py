"""SITPLAN: a commune's territory in PostGIS layers, served as an API, a map and a library."""
